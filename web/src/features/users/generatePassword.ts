/** Without those that look alike (0 O 1 l I), since it is read out or typed from paper. */
const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const length = 16;

/** A random password of 93 bits. */
export function generatePassword(): string {
  const letters: string[] = [];
  while (letters.length < length) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    // A byte beyond the last whole round would make the first letters likelier.
    if (byte < 256 - (256 % alphabet.length)) letters.push(alphabet.charAt(byte % alphabet.length));
  }
  return letters.join("");
}
