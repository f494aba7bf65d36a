/** The results of works done at once; a failure is told once none of them is at work any more. */
export async function allEnded<Results extends readonly unknown[]>(
  ...works: { [Place in keyof Results]: Promise<Results[Place]> }
): Promise<Results> {
  await Promise.allSettled(works);
  return (await Promise.all(works)) as unknown as Results;
}
