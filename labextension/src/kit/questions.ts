/** Questions to a server whose answers may overtake each other: the latest question's counts. */
export class Questions {
  private latest = 0;

  /** A question is asked; what is returned says whether it is still the latest. */
  ask(): () => boolean {
    const question = (this.latest += 1);
    return () => question === this.latest;
  }
}
