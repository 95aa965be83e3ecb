"""Give estimators the parameter manners of scikit-learn without importing it.

scikit-learn asks an estimator for little: parameters of `__init__` by name, and whether it is fitted. Standing apart
from its base class, an estimator costs no import of it where only scoring is done.
"""

from __future__ import annotations

from typing import Any, Self

from recommender.errors import InputError

__all__ = ["Parameters"]


class Parameters:
    """Read and set the parameters of `__init__`, which must only store them under their own names.

    >>> class Sum(Parameters):
    ...     def __init__(self, start=0):
    ...         self.start = start
    >>> Sum().set_params(start=2).get_params()
    {'start': 2}
    """

    @classmethod
    def _parameter_names(cls) -> list[str]:
        code = cls.__init__.__code__
        return sorted(code.co_varnames[1 : code.co_argcount])

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters of `__init__` by name, as scikit-learn's estimators do."""
        del deep  # no parameter is an estimator itself
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters of `__init__` by name; an unknown one raises `InputError`."""
        known = self._parameter_names()
        for name, value in params.items():
            if name not in known:
                raise InputError(f"no parameter {name!r}. There are: {', '.join(known)}.")
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn whether `fit` or a loader has run: learned attributes end in an underscore."""
        return any(name.endswith("_") and not name.startswith("__") for name in vars(self))

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn what is expected: lists of words, which its own checks of arrays must leave alone."""
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        words = InputTags(one_d_array=True, two_d_array=False, string=True, allow_nan=True)
        return Tags(
            estimator_type=None, target_tags=TargetTags(required=False), transformer_tags=TransformerTags(),
            input_tags=words, no_validation=True,
        )  # fmt: skip

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items() if value is not None)
        return f"{type(self).__name__}({given})"
