"""Mailboxes that several people read: whose name is no person's."""

from __future__ import annotations

from typing import Final

from hushdesk.redact._words import words

SHARED: Final = frozenset(
    words(
        """
    info sales support contact admin service services billing office help helpdesk desk team mail email webmaster postmaster hello accounts account
    orders order noreply reply press jobs career careers marketing security abuse privacy legal news newsletter feedback booking bookings reservations
    customer customers care user users client clients kontakt vertrieb kundenservice buchhaltung rechnung bewerbung datenschutz ventas soporte
    clientes contacto vendas suporte atendimento contato vendite assistenza clienti contatti ventes clientele klantenservice verkoop sprzedaz kontakty
    test tests demo example name first last your this that no-reply donotreply do-not-reply hr root service-desk servicedesk
    """
    )
)
"""What they are called, after what they are for."""
