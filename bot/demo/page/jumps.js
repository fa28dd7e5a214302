/** Links to messages: what leads to Discord's own page for others leads to the place on this one. */

const PLACE = /^https:\/\/discord\.com\/channels\/\d+\/(\d+)(?:\/(\d+))?$/;

export function followJumps(app) {
  document.addEventListener("click", async (event) => {
    const [, channel, message] = PLACE.exec(event.target.closest("a[href]")?.href ?? "") ?? [];
    if (!channel || !app.store.channelById(channel)) return;
    event.preventDefault();
    await app.open(channel);
    if (message) app.messages.reveal(message);
  });
}
