locals {
  rds_jdbc_url = var.rds.mode == "create" ? one([for database in aws_db_instance.this : "jdbc:postgresql://${database.address}:${database.port}/${database.db_name}"]) : var.rds.jdbc_url
}

resource "aws_db_subnet_group" "this" {
  count = var.rds.mode == "create" ? 1 : 0

  name        = local.name
  description = "The catalogue's database"
  subnet_ids  = local.network.subnet_ids

  lifecycle {
    precondition {
      condition     = local.has_vpc
      error_message = "rds.mode is create, but network is existing without vpc_id: an RDS instance needs a VPC."
    }
  }
}

resource "aws_db_parameter_group" "this" {
  count = var.rds.mode == "create" ? 1 : 0

  name_prefix = "${local.name}-"
  description = "TLS only; statements that change the schema or take long are logged"
  family      = "postgres${split(".", var.rds.engine_version)[0]}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  parameter {
    name  = "log_statement"
    value = "ddl"
  }
  parameter {
    name  = "log_min_duration_statement"
    value = "5000"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  count = var.rds.mode == "create" ? 1 : 0
  # checkov:skip=CKV_AWS_118:enhanced monitoring watches the host of a database that is busy for seconds a day; its own metrics and Performance Insights do
  # checkov:skip=CKV_AWS_157:a second zone doubles the price; rds.multi_az in prod.tfvars turns it on
  # checkov:skip=CKV_AWS_133:rds.backup_days is validated to be 1 or more
  # checkov:skip=CKV_AWS_353:rds.performance_insights is on by default
  # checkov:skip=CKV_AWS_293:on by default; deletion_protection is off only where destroy is meant to work

  identifier                          = local.name
  engine                              = "postgres"
  engine_version                      = var.rds.engine_version
  instance_class                      = var.rds.instance_class
  db_name                             = var.rds.database
  username                            = var.rds.username
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = local.kms_key_arn
  iam_database_authentication_enabled = true

  allocated_storage     = var.rds.storage_gb
  max_allocated_storage = var.rds.max_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = local.kms_key_arn

  multi_az               = var.rds.multi_az
  db_subnet_group_name   = aws_db_subnet_group.this[0].name
  vpc_security_group_ids = [for kind, group in aws_security_group.database : group.id if kind == "rds"]
  parameter_group_name   = aws_db_parameter_group.this[0].name
  publicly_accessible    = false

  backup_retention_period    = var.rds.backup_days
  copy_tags_to_snapshot      = true
  auto_minor_version_upgrade = true
  deletion_protection        = var.deletion_protection
  skip_final_snapshot        = var.force_destroy
  final_snapshot_identifier  = var.force_destroy ? null : "${local.name}-final"

  performance_insights_enabled    = var.rds.performance_insights
  performance_insights_kms_key_id = var.rds.performance_insights ? local.kms_key_arn : null
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
}
