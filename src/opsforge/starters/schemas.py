"""What the starters room takes and gives."""

from pydantic import BaseModel, ConfigDict, Field


class StarterDescription(BaseModel):
    """What ``starter.toml`` says."""

    model_config = ConfigDict(extra="forbid")

    label_en: str = Field(max_length=100)
    label_zh: str = Field(max_length=100)
    description_en: str = Field(max_length=1000)
    description_zh: str = Field(max_length=1000)
    category: str = Field(
        default="other",
        pattern=r"^[a-z][a-z0-9-]{0,30}$",
        description="Stable name of the group in which it is shown.",
    )
    category_en: str = Field(default="Other", max_length=100)
    category_zh: str = Field(default="其他", max_length=100)
    order: int = Field(default=100, description="Place in the list; equal ones stand by name.")
    needs_dataset: bool = Field(
        default=False, description="Whether it is of little use without a data set."
    )
    dataset: str | None = Field(
        default=None,
        max_length=200,
        description="The public example data set that comes with it.",
    )


class StarterDataset(BaseModel):
    """The public example data set that comes with a starter."""

    name: str
    id: int | None = Field(description="Null when it is not there: deleted, or not imported yet.")


class StarterView(BaseModel):
    """A starter to choose from."""

    name: str
    label_en: str
    label_zh: str
    description_en: str
    description_zh: str
    category: str = Field(description="Stable name of the group in which it is shown.")
    category_en: str
    category_zh: str
    needs_dataset: bool = Field(description="Whether it is of little use without a data set.")
    dataset: StarterDataset | None = Field(
        description="Linked by default to a project that is made from it, if it is there."
    )
    picture: str | None = Field(description="Address of a picture (SVG or PNG).")
