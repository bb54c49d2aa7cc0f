locals {
  name       = "${var.project}-${var.environment}"
  is_local   = var.endpoint_url != null
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  buckets = {
    for kind in ["landing", "lake", "scripts"] : kind => coalesce(var.bucket_names[kind], "${local.name}-${local.account_id}-${kind}")
  }
  connection_names = { for kind in ["rds", "redshift"] : kind => "${local.name}-${kind}" }
  log_group_name   = "/aws-glue/jobs/${local.name}"

  kms_key_arn = var.kms_key_arn != null ? var.kms_key_arn : aws_kms_key.this[0].arn

  warehouse_role_arn = var.redshift.mode == "existing" && var.redshift.role_arn != null ? var.redshift.role_arn : aws_iam_role.warehouse.arn
}
