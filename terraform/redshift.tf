locals {
  redshift_jdbc_url = var.redshift.mode == "create" ? one([
    for workgroup in aws_redshiftserverless_workgroup.this :
    "jdbc:redshift://${workgroup.endpoint[0].address}:${workgroup.endpoint[0].port}/${var.redshift.database}"
  ]) : var.redshift.jdbc_url
}

resource "aws_redshiftserverless_namespace" "this" {
  count = var.redshift.mode == "create" ? 1 : 0

  namespace_name                   = local.name
  db_name                          = var.redshift.database
  admin_username                   = var.redshift.username
  manage_admin_password            = true
  admin_password_secret_kms_key_id = local.kms_key_arn
  kms_key_id                       = local.kms_key_arn
  default_iam_role_arn             = local.warehouse_role_arn
  iam_roles                        = [local.warehouse_role_arn]
  log_exports                      = ["userlog", "connectionlog", "useractivitylog"]
}

resource "aws_redshiftserverless_workgroup" "this" {
  count = var.redshift.mode == "create" ? 1 : 0

  workgroup_name       = local.name
  namespace_name       = aws_redshiftserverless_namespace.this[0].namespace_name
  base_capacity        = var.redshift.base_rpu
  max_capacity         = var.redshift.max_rpu
  enhanced_vpc_routing = true
  publicly_accessible  = false
  subnet_ids           = local.network.subnet_ids
  security_group_ids   = [for kind, group in aws_security_group.database : group.id if kind == "redshift"]

  config_parameter {
    parameter_key   = "require_ssl"
    parameter_value = "true"
  }

  lifecycle {
    # AWS answers with all parameters it has, of which the provider would take away those not listed here, at each apply.
    # The list grows with AWS, so it is set when the workgroup is made, and not compared afterwards.
    ignore_changes = [config_parameter]

    precondition {
      condition     = local.has_vpc
      error_message = "redshift.mode is create, but network is existing without vpc_id: Redshift Serverless needs a VPC."
    }
  }
}

resource "aws_redshiftserverless_usage_limit" "this" {
  count = var.redshift.mode == "create" && var.redshift.max_rpu_hours_per_month != null ? 1 : 0

  resource_arn  = aws_redshiftserverless_workgroup.this[0].arn
  usage_type    = "serverless-compute"
  period        = "monthly"
  amount        = var.redshift.max_rpu_hours_per_month
  breach_action = var.redshift.stop_at_limit ? "deactivate" : "emit-metric"
}
