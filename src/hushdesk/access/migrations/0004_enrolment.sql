-- What is offered to an app is not written down any more until a first code confirms it.
DELETE FROM totp WHERE confirmed_at IS NULL;
