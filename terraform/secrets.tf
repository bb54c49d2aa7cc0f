locals {
  databases = { rds = var.rds, redshift = var.redshift }

  # Databases that are made here keep their password in a secret of their own; existing ones name theirs, or get one to be filled in by hand.
  secrets_to_fill = toset([for kind, database in local.databases : kind if database.mode == "existing" && database.secret_arn == null])

  secret_arns = {
    rds      = var.rds.mode == "create" ? one(aws_db_instance.this[*].master_user_secret[0].secret_arn) : local.given_secret_arns.rds
    redshift = var.redshift.mode == "create" ? one(aws_redshiftserverless_namespace.this[*].admin_password_secret_arn) : local.given_secret_arns.redshift
  }
  given_secret_arns = { for kind, database in local.databases : kind => try(aws_secretsmanager_secret.database[kind].arn, database.secret_arn) }
}

# Without a value: {"username": …, "password": …} is put in outside Terraform, so that no password is ever in its state.
resource "aws_secretsmanager_secret" "database" {
  for_each = local.secrets_to_fill
  # checkov:skip=CKV2_AWS_57:the password belongs to a database that is not managed here; docs/operations.md has how to rotate it

  name                    = "${local.name}/${each.value}"
  description             = "username and password for ${each.value == "rds" ? "the catalogue's database" : "the warehouse"}"
  kms_key_id              = local.kms_key_arn
  recovery_window_in_days = var.force_destroy ? 0 : 30
}
