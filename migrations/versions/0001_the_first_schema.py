"""The first schema.

Revision: 0001. Written on 2026-11-24.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Facts are only ever added: the database itself refuses to change or remove them, whoever asks.
APPEND_ONLY = ("journal_entry", "mark", "fiche_publiee")
VERBS = ("UPDATE", "DELETE")


def _protect_on_sqlite(table: str) -> None:
    for verb in VERBS:
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _protect_on_postgresql(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    )


def _protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            _protect_on_sqlite(table)
        return
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        _protect_on_postgresql(table)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_key_at"), "attempt", ["key", "at"], unique=False)
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=True),
        sa.Column("etape_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    op.create_index(op.f("ix_journal_entry_subject"), "journal_entry", ["subject"], unique=False)
    op.create_index(op.f("ix_journal_entry_tour_id_id"), "journal_entry", ["tour_id", "id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("departement", sa.String(), nullable=False),
        sa.Column("siren", sa.String(), nullable=False),
        sa.Column("siret", sa.String(), nullable=False),
        sa.Column("rna", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cited", sa.Boolean(), nullable=False),
        sa.Column("linked_to_id", sa.Integer(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["linked_to_id"], ["organisation.id"], name=op.f("fk_organisation_linked_to_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["organisation.id"], name=op.f("fk_organisation_root_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_index(op.f("ix_organisation_root_id"), "organisation", ["root_id"], unique=False)
    op.create_index(op.f("ix_organisation_siren"), "organisation", ["siren"], unique=False)
    op.create_index(op.f("ix_organisation_sort_key"), "organisation", ["sort_key"], unique=False)
    op.create_table(
        "tour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("poster_kicker", sa.String(), nullable=False),
        sa.Column("poster_title", sa.String(), nullable=False),
        sa.Column("pitch", sa.String(), nullable=False),
        sa.Column("organiser_name", sa.String(), nullable=False),
        sa.Column("organiser_address", sa.String(), nullable=False),
        sa.Column("organiser_siret", sa.String(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("map_name", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("inclusive_form", sa.String(), nullable=False),
        sa.Column("section_order", sa.JSON(), nullable=False),
        sa.Column("registration_retention", sa.String(), nullable=False),
        sa.Column("proof_retention", sa.String(), nullable=False),
        sa.Column("proof_reason", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tour")),
        sa.UniqueConstraint("slug", name=op.f("uq_tour_slug")),
    )
    op.create_table(
        "envoi",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("send_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("interrupted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tour_id"], ["tour.id"], name=op.f("fk_envoi_tour_id_tour")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envoi")),
        sa.UniqueConstraint("send_key", name=op.f("uq_envoi_send_key")),
    )
    op.create_index(op.f("ix_envoi_tour_id"), "envoi", ["tour_id"], unique=False)
    op.create_table(
        "etape",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("departement", sa.String(), nullable=False),
        sa.Column("departement_name", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("welcome_at", sa.Time(), nullable=True),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("hearing", sa.String(), nullable=False),
        sa.Column("break_note", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=True),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name=op.f("ck_etape_capacity")),
        sa.CheckConstraint("people >= 0", name=op.f("ck_etape_people")),
        sa.ForeignKeyConstraint(["tour_id"], ["tour.id"], name=op.f("fk_etape_tour_id_tour")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etape")),
        sa.UniqueConstraint("tour_id", "slug", name=op.f("uq_etape_tour_id_slug")),
    )
    op.create_index(op.f("ix_etape_tour_id"), "etape", ["tour_id"], unique=False)
    op.create_table(
        "graphie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("composite", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_graphie_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graphie")),
        sa.UniqueConstraint("organisation_id", "text", name=op.f("uq_graphie_organisation_id_text")),
    )
    op.create_index(op.f("ix_graphie_key"), "graphie", ["key"], unique=False)
    op.create_index(op.f("ix_graphie_organisation_id"), "graphie", ["organisation_id"], unique=False)
    op.create_table(
        "partenaire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("logo", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tour_id"], ["tour.id"], name=op.f("fk_partenaire_tour_id_tour")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partenaire")),
    )
    op.create_index(op.f("ix_partenaire_tour_id"), "partenaire", ["tour_id"], unique=False)
    op.create_table(
        "thematique",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=False),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("short_title", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("creneau_ordre", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tour_id"], ["tour.id"], name=op.f("fk_thematique_tour_id_tour")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thematique")),
        sa.UniqueConstraint("tour_id", "ordre", name=op.f("uq_thematique_tour_id_ordre")),
        sa.UniqueConstraint("tour_id", "slug", name=op.f("uq_thematique_tour_id_slug")),
    )
    op.create_index(op.f("ix_thematique_tour_id"), "thematique", ["tour_id"], unique=False)
    op.create_table(
        "creneau",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("etape_id", sa.Integer(), nullable=False),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["etape_id"], ["etape.id"], name=op.f("fk_creneau_etape_id_etape")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creneau")),
        sa.UniqueConstraint("etape_id", "ordre", name=op.f("uq_creneau_etape_id_ordre")),
    )
    op.create_index(op.f("ix_creneau_etape_id"), "creneau", ["etape_id"], unique=False)
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("etape_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("organisation_typed", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("access_needs", sa.String(), nullable=False),
        sa.Column("cited", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("submission_key", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["etape_id"], ["etape.id"], name=op.f("fk_dossier_etape_id_etape")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_dossier_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_dossier_submission_key")),
    )
    op.create_index(op.f("ix_dossier_contact_email"), "dossier", ["contact_email"], unique=False)
    op.create_index(op.f("ix_dossier_etape_id"), "dossier", ["etape_id"], unique=False)
    op.create_index(op.f("ix_dossier_organisation_id"), "dossier", ["organisation_id"], unique=False)
    op.create_table(
        "fiche_publiee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thematique_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("erratum", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thematique_id"], ["thematique.id"], name=op.f("fk_fiche_publiee_thematique_id_thematique")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiche_publiee")),
        sa.UniqueConstraint("thematique_id", "number", name=op.f("uq_fiche_publiee_thematique_id_number")),
    )
    op.create_table(
        "fiche_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thematique_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["thematique_id"], ["thematique.id"], name=op.f("fk_fiche_section_thematique_id_thematique")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiche_section")),
        sa.UniqueConstraint("thematique_id", "kind", name=op.f("uq_fiche_section_thematique_id_kind")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tour_id", sa.Integer(), nullable=True),
        sa.Column("etape_id", sa.Integer(), nullable=True),
        sa.Column("envoi_id", sa.Integer(), nullable=True),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("to_email", sa.String(), nullable=False),
        sa.Column("to_name", sa.String(), nullable=False),
        sa.Column("organisation_name", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["envoi_id"], ["envoi.id"], name=op.f("fk_letter_envoi_id_envoi")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint(
            "subject_key", "kind", "sequence", name=op.f("uq_letter_subject_key_kind_sequence")
        ),
    )
    op.create_index(op.f("ix_letter_envoi_id"), "letter", ["envoi_id"], unique=False)
    op.create_index(op.f("ix_letter_state_due_at"), "letter", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_letter_tour_id_id"), "letter", ["tour_id", "id"], unique=False)
    op.create_table(
        "mime",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_mime_letter_id_letter")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_mime")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("etape_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('organisation', 'etape', 'accueil', 'lecture')", name=op.f("ck_member_role")
        ),
        sa.ForeignKeyConstraint(["etape_id"], ["etape.id"], name=op.f("fk_member_etape_id_etape")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("email", name=op.f("uq_member_email")),
    )
    op.create_table(
        "atelier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("etape_id", sa.Integer(), nullable=False),
        sa.Column("creneau_id", sa.Integer(), nullable=False),
        sa.Column("thematique_id", sa.Integer(), nullable=True),
        sa.Column("ordre", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("facilitators", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("room_capacity", sa.Integer(), nullable=True),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('prevu', 'annule')", name=op.f("ck_atelier_state")),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name=op.f("ck_atelier_capacity")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_atelier_taken")),
        sa.ForeignKeyConstraint(["creneau_id"], ["creneau.id"], name=op.f("fk_atelier_creneau_id_creneau")),
        sa.ForeignKeyConstraint(["etape_id"], ["etape.id"], name=op.f("fk_atelier_etape_id_etape")),
        sa.ForeignKeyConstraint(
            ["thematique_id"], ["thematique.id"], name=op.f("fk_atelier_thematique_id_thematique")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_atelier")),
        sa.UniqueConstraint("creneau_id", "thematique_id", name=op.f("uq_atelier_creneau_id_thematique_id")),
    )
    op.create_index(op.f("ix_atelier_creneau_id"), "atelier", ["creneau_id"], unique=False)
    op.create_index(op.f("ix_atelier_etape_id_ordre"), "atelier", ["etape_id", "ordre"], unique=False)
    op.create_index(op.f("ix_atelier_thematique_id"), "atelier", ["thematique_id"], unique=False)
    op.create_table(
        "member_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_member_session_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_member_session_token_hash")),
    )
    op.create_index(op.f("ix_member_session_member_id"), "member_session", ["member_id"], unique=False)
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("etape_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("identity_key", sa.String(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_participant_dossier_id_dossier")
        ),
        sa.ForeignKeyConstraint(["etape_id"], ["etape.id"], name=op.f("fk_participant_etape_id_etape")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_participant_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    op.create_index(op.f("ix_participant_dossier_id"), "participant", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_participant_email"), "participant", ["email"], unique=False)
    op.create_index(
        op.f("ix_participant_etape_id_identity_key"),
        "participant",
        ["etape_id", "identity_key"],
        unique=False,
    )
    op.create_index(op.f("ix_participant_organisation_id"), "participant", ["organisation_id"], unique=False)
    op.create_index(
        "uq_participant_etape_external",
        "participant",
        ["etape_id", "external_ref"],
        unique=True,
        sqlite_where=sa.text("external_ref IS NOT NULL"),
        postgresql_where=sa.text("external_ref IS NOT NULL"),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sign_in_link_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_link_member_id"), "sign_in_link", ["member_id"], unique=False)
    op.create_table(
        "lien",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_lien_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_lien_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lien")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_lien_token_hash")),
    )
    op.create_index(op.f("ix_lien_dossier_id"), "lien", ["dossier_id"], unique=False)
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("atelier_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("marked_at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('present', 'absent', 'excuse', 'sans_reponse')", name=op.f("ck_mark_status")
        ),
        sa.ForeignKeyConstraint(["atelier_id"], ["atelier.id"], name=op.f("fk_mark_atelier_id_atelier")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_mark_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint("nonce", name=op.f("uq_mark_nonce")),
    )
    op.create_index(op.f("ix_mark_atelier_id"), "mark", ["atelier_id"], unique=False)
    op.create_index(
        op.f("ix_mark_participant_id_atelier_id_id"),
        "mark",
        ["participant_id", "atelier_id", "id"],
        unique=False,
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("atelier_id", sa.Integer(), nullable=False),
        sa.Column("creneau_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("calendar_sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("state IN ('confirmee', 'en_attente', 'annulee')", name=op.f("ck_place_state")),
        sa.ForeignKeyConstraint(["atelier_id"], ["atelier.id"], name=op.f("fk_place_atelier_id_atelier")),
        sa.ForeignKeyConstraint(["creneau_id"], ["creneau.id"], name=op.f("fk_place_creneau_id_creneau")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_place_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("uid", name=op.f("uq_place_uid")),
    )
    op.create_index(
        op.f("ix_place_atelier_id_state_id"), "place", ["atelier_id", "state", "id"], unique=False
    )
    op.create_index(op.f("ix_place_participant_id"), "place", ["participant_id"], unique=False)
    op.create_index(
        "uq_place_participant_creneau_live",
        "place",
        ["participant_id", "creneau_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'annulee'"),
        postgresql_where=sa.text("state <> 'annulee'"),
    )
    op.create_table(
        "presence",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("atelier_id", sa.Integer(), nullable=False),
        sa.Column("thematique_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("mark_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["atelier_id"], ["atelier.id"], name=op.f("fk_presence_atelier_id_atelier")),
        sa.ForeignKeyConstraint(["mark_id"], ["mark.id"], name=op.f("fk_presence_mark_id_mark")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_presence_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_presence_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["thematique_id"], ["thematique.id"], name=op.f("fk_presence_thematique_id_thematique")
        ),
        sa.PrimaryKeyConstraint("participant_id", "atelier_id", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_atelier_id_status"), "presence", ["atelier_id", "status"], unique=False)
    op.create_index(
        "ix_presence_counted",
        "presence",
        ["thematique_id", "organisation_id", "atelier_id", "status", "counted"],
        unique=False,
        sqlite_where=sa.text("status = 'present' AND counted"),
        postgresql_where=sa.text("status = 'present' AND counted"),
    )
    _protect()


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("presence")
    op.drop_table("place")
    op.drop_table("mark")
    op.drop_table("lien")
    op.drop_table("sign_in_link")
    op.drop_table("participant")
    op.drop_table("member_session")
    op.drop_table("atelier")
    op.drop_table("member")
    op.drop_table("mime")
    op.drop_table("letter")
    op.drop_table("fiche_section")
    op.drop_table("fiche_publiee")
    op.drop_table("dossier")
    op.drop_table("creneau")
    op.drop_table("thematique")
    op.drop_table("partenaire")
    op.drop_table("graphie")
    op.drop_table("etape")
    op.drop_table("envoi")
    op.drop_table("tour")
    op.drop_table("organisation")
    op.drop_table("journal_entry")
    op.drop_table("attempt")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_only()")
