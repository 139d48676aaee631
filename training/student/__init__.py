"""Makes the student: one encoder whose single forward pass gives embedding, sentiment and three more heads.

`python -m training.student --data ../shared/data --work DIR` trains it, some hours on two cores, and goes on
where it was stopped. `docs/design/language.md` says what it learns from and how it was chosen.
"""
