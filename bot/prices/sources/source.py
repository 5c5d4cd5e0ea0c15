"""What the ticker and the charts need of a source, and the figures that all sources read alike."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Protocol

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from bot.prices.candles import Candles, Range
from bot.prices.quote import VenueQuote


class PriceSource(Protocol):
    """One public price API."""

    @property
    def title(self) -> str:
        """Its name as people know it."""

    @property
    def votes(self) -> bool:
        """It is an exchange with own pairs; otherwise it computes its figure from elsewhere."""

    @property
    def currencies(self) -> frozenset[str]:
        """ISO 4217 codes that it can be asked for."""

    async def quote(self, currency: str) -> VenueQuote:
        """Return what 1 BTC costs there.

        Raises:
            SourceFault: it does not serve, or not this currency.
        """


class CandleSource(Protocol):
    """One venue whose candles can be drawn."""

    @property
    def title(self) -> str:
        """Its name as people know it."""

    @property
    def currencies(self) -> frozenset[str]:
        """ISO 4217 codes that it can be asked for."""

    async def candles(self, currency: str, *, reach: Range) -> Candles:
        """Return the candles of the range up to now, as they came: broken, doubled or unordered rows may be among them.

        Raises:
            SourceFault: it does not serve, or not this currency.
        """


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Figure = Annotated[Decimal, Field(allow_inf_nan=False, gt=Decimal("1e-9"), lt=10**15)]
"""A positive amount that may be a price, whether it came as a string or as a number."""

Percentage = Annotated[Decimal, Field(allow_inf_nan=False, gt=-100, lt=1000)]
"""A change in per cent."""

Fraction = Annotated[Decimal, Field(allow_inf_nan=False, gt=-1, lt=10)]
"""A change as a part of one: 0.0175 is 1.75 per cent."""

Volume = Annotated[Decimal, Field(allow_inf_nan=False, ge=0)]
"""An amount traded, in BTC."""

Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""ISO 8601 with a zone, or a Unix time in seconds or milliseconds, as a number or as a string."""


class Reply(BaseModel):
    """A JSON object of which only the declared fields matter."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
