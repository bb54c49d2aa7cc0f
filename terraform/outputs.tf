output "buckets" {
  description = "Names of the buckets; deliveries go to landing."
  value       = local.buckets
}

output "workflows" {
  description = "Names of the workflows and of their start triggers' types."
  value       = { for name, trigger in aws_glue_trigger.start : name => trigger.type }
}

output "jobs" {
  description = "Names of the jobs."
  value       = keys(aws_glue_job.this)
}

output "connections" {
  description = "Names of the Glue connections."
  value       = local.connection_names
}

output "jdbc_urls" {
  description = "Where the databases are."
  value       = local.jdbc_urls
}

output "secret_arns" {
  description = "ARNs of the secrets with username and password of the databases."
  value       = local.secret_arns
}

output "warehouse" {
  description = "What the Redshift Data API takes to reach the warehouse; an existing one's workgroup is null."
  value = {
    workgroup  = one(aws_redshiftserverless_workgroup.this[*].workgroup_name)
    database   = regex("^jdbc:redshift://[^/]+/([^?;]+)", local.jdbc_urls["redshift"])[0]
    secret_arn = local.secret_arns["redshift"]
  }
}

output "secrets_to_fill" {
  description = "Names of the secrets that wait for a value: aws secretsmanager put-secret-value --secret-id <name> --secret-string '{\"username\": …, \"password\": …}'."
  value       = [for secret in aws_secretsmanager_secret.database : secret.name]
}

output "warehouse_role_arn" {
  description = "ARN of the role for COPY and UNLOAD; to be attached to an existing warehouse."
  value       = local.warehouse_role_arn
}

output "ledger_table" {
  description = "Name of the ledger of files."
  value       = aws_dynamodb_table.ledger.name
}

output "catalog_database" {
  description = "Name of the Glue database over quarantine and archive."
  value       = aws_glue_catalog_database.this.name
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts everything."
  value       = local.kms_key_arn
}

output "job_security_group_id" {
  description = "Group of the jobs' workers; an existing database must let it in. null outside a VPC."
  value       = one(aws_security_group.job[*].id)
}
