/** A refused wish. Its message is a sentence for the person, to be shown as it is; `status` is HTTP's, or null. */
export class Refusal extends Error {
  constructor(sentence, status = null) {
    super(sentence);
    this.status = status;
  }
}
