/** The work of the `exec` suite: next to none, so that only the way there and back is measured. */
export default ({ x }: { readonly x: number }): number => x * x;
