import { useEffect, useState } from "preact/hooks";
import { placeOf, type Place } from "../present/route.js";

/** The place that the address bar names. */
export function usePlace(): Place | undefined {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const moved = (): void => setHash(location.hash);
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return placeOf(hash);
}
