interface Row {
  readonly code: string;
  /** Of the thing that was refused, as "<path>: <says>". */
  readonly says: string;
  /** Advice for the next step. */
  readonly next: string;
  /** The C library's words, where a library passes on only these. */
  readonly text: string;
}

const LOOK = "look at the disk and the kernel's log (dmesg)";

/** Errors of the operating system in words. Every such error that a person sees goes through here. */
export const OS_ERRORS: Readonly<Record<string, Row>> = {
  ENOSPC: row("os.disk_full", "the disk is full", "make room there", "No space left on device"),
  EDQUOT: row("os.disk_full", "the quota of this user is used up", "make room there", "Disk quota exceeded"),
  EFBIG: row("os.file_too_large", "the file may not grow further", "raise the limit (ulimit -f)", "File too large"),
  EROFS: row("os.read_only", "the file system is read-only", "mount it for writing", "Read-only file system"),
  EIO: row("os.io", "the disk failed to read or write", LOOK, "Input/output error"),
  ESTALE: row("os.io", "the network file system lost the file", "mount it again", "Stale file handle"),
  ENXIO: row("os.io", "nothing is behind this file", "put an ordinary file there", "No such device or address"),
  EACCES: row("os.denied", "this user may not", "change owner or mode (ls -l shows them)", "Permission denied"),
  EPERM: row(
    "os.denied",
    "the system forbids it",
    "look at owner, mode and attributes (lsattr)",
    "Operation not permitted",
  ),
  ENOENT: row("os.not_found", "it is not there", "check the path", "No such file or directory"),
  EEXIST: row("os.exists", "it is there already", "choose another name, or move it away", "File exists"),
  EISDIR: row("os.is_directory", "it is a directory where a file belongs", "move it away", "Is a directory"),
  ENOTDIR: row("os.no_directory", "a file stands where a directory belongs", "move the file away", "Not a directory"),
  ENOTEMPTY: row("os.not_empty", "the directory is not empty", "look what is in it", "Directory not empty"),
  ELOOP: row("os.link_loop", "its symbolic links go round", "mend the links", "Too many levels of symbolic links"),
  ENAMETOOLONG: row("os.name_too_long", "the name is too long", "choose a shorter one", "File name too long"),
  EXDEV: row(
    "os.other_disk",
    "source and target lie on different disks",
    "keep them on one",
    "Invalid cross-device link",
  ),
  EBUSY: row("os.busy", "something else uses it", "end that first (fuser -v shows it)", "Device or resource busy"),
  ETXTBSY: row("os.busy", "it is a program that runs", "end that first", "Text file busy"),
  EMFILE: row("os.too_many_files", "this process has too many files open", "raise ulimit -n", "Too many open files"),
  ENFILE: row(
    "os.too_many_files",
    "this machine has too many files open",
    "raise fs.file-max",
    "Too many open files in system",
  ),
  ENOMEM: row("os.no_memory", "there is not enough memory", "free some, or add some", "Cannot allocate memory"),
  EAGAIN: row("os.busy", "the system has no room for it now", "try again", "Resource temporarily unavailable"),
  EINVAL: row("os.invalid", "the system does not take this", "check the path and the value", "Invalid argument"),
  EPIPE: row("os.gone", "the reader is gone", "start it again", "Broken pipe"),
  EADDRINUSE: row(
    "os.address_in_use",
    "it is taken: another node may be running",
    "stop that one, or choose another port",
    "Address already in use",
  ),
  EADDRNOTAVAIL: row(
    "os.no_address",
    "this machine has no such address",
    "use 127.0.0.1, 0.0.0.0 or an address of this machine",
    "Cannot assign requested address",
  ),
  EAFNOSUPPORT: row(
    "os.no_address",
    "this machine does not speak that kind of address",
    "use an IPv4 address, or switch IPv6 on",
    "Address family not supported by protocol",
  ),
  ENOTFOUND: row("os.no_host", "no host has this name", "check the name, and DNS", "Name or service not known"),
  EAI_AGAIN: row(
    "os.no_host",
    "the name cannot be looked up now",
    "check DNS, then try again",
    "Temporary failure in name resolution",
  ),
  ECONNREFUSED: row("os.refused", "nobody listens there", "check that it runs", "Connection refused"),
  ECONNRESET: row("os.gone", "the other side broke the connection off", "try again", "Connection reset by peer"),
  EHOSTUNREACH: row("os.unreachable", "no way leads there", "check the network", "No route to host"),
  ENETUNREACH: row("os.unreachable", "no way leads there", "check the network", "Network is unreachable"),
  ETIMEDOUT: row("os.unreachable", "there was no answer in time", "check the network", "Connection timed out"),
};

function row(code: string, says: string, next: string, text: string): Row {
  return { code, says, next, text };
}

/** An error of the operating system, ready to be shown. */
export interface OsError {
  readonly code: string;
  /** One sentence: on what, why. */
  readonly message: string;
  /** Why, alone. */
  readonly says: string;
  readonly next: string;
}

/** Causes that are looked through for the system's error; ours are three deep at most. */
const CAUSES_MAX = 8;

/** The system's error, if this error or one of its causes is one; undefined otherwise. */
export function osError(error: unknown): OsError | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth++, at = at.cause) {
    const found = ofSystem(at) ?? ofDatabase(at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Why the system refused, without the thing that it refused. */
export function osReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return OS_ERRORS[code ?? ""]?.says ?? message;
}

function ofSystem(error: NodeJS.ErrnoException & { address?: string; port?: number }): OsError | undefined {
  const { code, syscall, path, address, port } = error;
  if (code === undefined || syscall === undefined || !/^E[A-Z0-9]+(_AGAIN)?$/.test(code)) return undefined;
  const subject =
    path ?? (address === undefined ? undefined : port === undefined || port < 0 ? address : `${address}:${port}`);
  const known = OS_ERRORS[code];
  const said = known?.says ?? "the system refused";
  return {
    code: known?.code ?? "os.other",
    message: `${subject === undefined ? "" : `${subject}: `}${said} (${code}, ${syscall})`,
    says: said,
    next: known?.next ?? LOOK,
  };
}

/** LevelDB says "IO error: <path>: <the C library's words>". */
function ofDatabase(error: NodeJS.ErrnoException): OsError | undefined {
  if (error.code?.startsWith("LEVEL_") !== true) return undefined;
  const known = Object.values(OS_ERRORS).find(({ text }) => error.message.endsWith(text));
  if (known === undefined) return undefined;
  const path = /^IO error: (.*): /.exec(error.message)?.[1];
  const { code, says, next } = known;
  return { code, message: `${path === undefined ? "" : `${path}: `}${says}`, says, next };
}
