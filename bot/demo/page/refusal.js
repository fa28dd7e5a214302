/** A refused wish. Its message is a sentence for the person, ready to be shown as it is; `status` is HTTP's, if it had one. */
export class Refusal extends Error {
  constructor(sentence, status = null) {
    super(sentence);
    this.status = status;
  }
}
