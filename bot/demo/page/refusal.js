/** A refused wish. Its message is a sentence for the person, ready to be shown as it is. */
export class Refusal extends Error {}
