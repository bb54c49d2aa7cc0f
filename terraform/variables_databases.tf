variable "rds" {
  description = <<-EOT
    The catalogue's database, PostgreSQL. mode create makes an RDS instance (RDS keeps and rotates its password); mode existing takes jdbc_url and secret_arn, a
    secret with username and password; without secret_arn one is made, to be filled in by hand.
  EOT
  type = object({
    mode                 = string
    jdbc_url             = optional(string)
    secret_arn           = optional(string)
    engine_version       = optional(string, "16")
    instance_class       = optional(string, "db.t4g.micro")
    database             = optional(string, "music")
    username             = optional(string, "loader")
    storage_gb           = optional(number, 20)
    max_storage_gb       = optional(number, 100)
    multi_az             = optional(bool, false)
    backup_days          = optional(number, 7)
    performance_insights = optional(bool, true)
  })
  default = { mode = "create" }

  validation {
    condition     = contains(["create", "existing"], var.rds.mode)
    error_message = "rds.mode is '${var.rds.mode}'; it takes create or existing."
  }

  validation {
    condition     = var.rds.mode != "existing" || can(regex("^jdbc:postgresql://[^:/?]+(:[0-9]+)?/[^?;]+", var.rds.jdbc_url))
    error_message = "rds.jdbc_url is '${coalesce(var.rds.jdbc_url, "null")}'; mode existing takes jdbc:postgresql://host:port/database."
  }

  validation {
    condition     = var.rds.secret_arn == null || can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.rds.secret_arn))
    error_message = "rds.secret_arn is '${coalesce(var.rds.secret_arn, "null")}'; it takes the ARN of a secret."
  }

  validation {
    condition     = var.rds.storage_gb >= 20 && var.rds.max_storage_gb >= var.rds.storage_gb
    error_message = "rds.storage_gb is ${var.rds.storage_gb} and rds.max_storage_gb ${var.rds.max_storage_gb}; the first is at least 20, the second at least the first."
  }

  validation {
    condition     = var.rds.backup_days >= 1 && var.rds.backup_days <= 35
    error_message = "rds.backup_days is ${var.rds.backup_days}; it takes 1 to 35."
  }
}

variable "redshift" {
  description = <<-EOT
    The warehouse. mode create makes a Redshift Serverless workgroup, which costs nothing while nobody queries it (Redshift keeps its password); mode existing takes
    jdbc_url and secret_arn, a secret with username and password; without secret_arn one is made, to be filled in by hand. The role for COPY and UNLOAD must be
    attached to an existing warehouse by hand; role_arn names another that is attached already. max_rpu_hours_per_month bounds what a month can cost (null: nothing
    does); reaching it only warns, or with stop_at_limit refuses queries until the month ends.
  EOT
  type = object({
    mode                    = string
    jdbc_url                = optional(string)
    secret_arn              = optional(string)
    role_arn                = optional(string)
    database                = optional(string, "warehouse")
    username                = optional(string, "loader")
    base_rpu                = optional(number, 4)
    max_rpu                 = optional(number, 32)
    max_rpu_hours_per_month = optional(number, 200)
    stop_at_limit           = optional(bool, false)
  })
  default = { mode = "create" }

  validation {
    condition     = contains(["create", "existing"], var.redshift.mode)
    error_message = "redshift.mode is '${var.redshift.mode}'; it takes create or existing."
  }

  validation {
    condition     = var.redshift.mode != "existing" || can(regex("^jdbc:redshift://[^:/?]+(:[0-9]+)?/[^?;]+", var.redshift.jdbc_url))
    error_message = "redshift.jdbc_url is '${coalesce(var.redshift.jdbc_url, "null")}'; mode existing takes jdbc:redshift://host:port/database."
  }

  validation {
    condition     = var.redshift.secret_arn == null || can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.redshift.secret_arn))
    error_message = "redshift.secret_arn is '${coalesce(var.redshift.secret_arn, "null")}'; it takes the ARN of a secret."
  }

  validation {
    condition     = var.redshift.role_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", var.redshift.role_arn))
    error_message = "redshift.role_arn is '${coalesce(var.redshift.role_arn, "null")}'; it takes the ARN of a role."
  }

  validation {
    condition     = var.redshift.base_rpu >= 4 && var.redshift.base_rpu <= 512 && (var.redshift.base_rpu == 4 || var.redshift.base_rpu % 8 == 0) && var.redshift.max_rpu >= var.redshift.base_rpu
    error_message = "redshift.base_rpu is ${var.redshift.base_rpu} and redshift.max_rpu ${var.redshift.max_rpu}; the first is 4 or a multiple of 8 up to 512, the second at least the first."
  }
}
