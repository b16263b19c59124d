import { fork, type ChildProcess } from "node:child_process";

/**
 * Shares tasks out among worker processes, each of which answers one message with one. Answers come in the order of the
 * tasks, whatever order they were ready in; for a worker that dies `died` answers, and another one takes its place.
 */
export async function inProcesses<Task extends object, Answer>(
  worker: URL,
  tasks: readonly Task[],
  jobs: number,
  died: (task: Task, why: string) => Answer,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  const ready = new Map<number, Answer>();
  let next = 0;
  let told = 0;

  async function work(): Promise<void> {
    let child: ChildProcess | undefined;
    for (let index = next++; index < tasks.length; index = next++) {
      child ??= fork(worker, { serialization: "advanced" });
      ready.set(index, await ask(child, tasks[index]!, died));
      if (child.exitCode !== null || child.signalCode !== null) child = undefined;
      for (; ready.has(told); told++) {
        onAnswer(ready.get(told)!);
        ready.delete(told);
      }
    }
    child?.disconnect();
  }

  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, work));
}

function ask<Task extends object, Answer>(
  child: ChildProcess,
  task: Task,
  died: (task: Task, why: string) => Answer,
): Promise<Answer> {
  return new Promise((resolve) => {
    const onMessage = (answer: unknown): void => settle(answer as Answer);
    const onExit = (code: number | null, signal: string | null): void =>
      settle(died(task, `its process ended with ${signal ?? `status ${code}`}`));
    const settle = (answer: Answer): void => {
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(answer);
    };
    child.on("message", onMessage);
    child.on("exit", onExit);
    child.send(task);
  });
}
