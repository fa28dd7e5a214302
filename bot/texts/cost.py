"""What `darkroom cost` says: a month on one's own tower beside a month on a hosted API."""

from bot.accounts.breakeven import Month
from bot.texts.estimate import money, watt_hours
from bot.texts.tongue import _

SHIPPED = _("These are the figures that Darkroom comes with; put your own into [costs] of darkroom.toml.")


def month(of: Month, currency: str) -> str:
    """Energy and money of both, and which is the cheaper one."""
    lines = [_("{pictures:.0f} pictures a month on a tower of your own:", pictures=of.pictures)]
    lines.append(
        _(
            "  rendering: {energy}, {price}",
            energy=watt_hours(of.rendering.watt_hours),
            price=money(of.rendering.money, currency),
        )
    )
    if of.idling.watt_hours:
        lines.append(
            _(
                "  awake without rendering: {energy}, {price}",
                energy=watt_hours(of.idling.watt_hours),
                price=money(of.idling.money, currency),
            )
        )
    lines.append(_("From a hosted API: {money}.", money=money(of.hosted, currency)))
    if of.saved > 0:
        return "\n".join([*lines, _("The tower saves {money} a month.", money=money(of.saved, currency))])
    dearer = money(-of.saved, currency)
    return "\n".join([*lines, _("The hosted API is cheaper by {money} a month.", money=dearer)])


def payback(price: float, months: float | None, currency: str) -> str:
    """`months` is None when it never pays back."""
    tower = money(price, currency)
    if months is None:
        return _("A tower for {tower} never pays for itself so.", tower=tower)
    if months < 24:
        return _("A tower for {tower} has paid for itself after {months:.0f} months.", tower=tower, months=months)
    return _("A tower for {tower} has paid for itself after {years:.1f} years.", tower=tower, years=months / 12)
