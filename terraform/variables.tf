variable "environment" {
  description = "Name of the environment; part of every name but those of jobs, workflows and triggers, which are the same everywhere (one account or region an environment)."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.environment))
    error_message = "environment is '${var.environment}'; it takes 2 to 16 lower-case letters, digits and dashes, a letter first."
  }
}

variable "project" {
  description = "First part of every name."
  type        = string
  default     = "music"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.project))
    error_message = "project is '${var.project}'; it takes 2 to 16 lower-case letters, digits and dashes, a letter first."
  }
}

variable "region" {
  description = "AWS region of everything."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is '${var.region}', which is no name of an AWS region, such as us-east-1."
  }
}

variable "tags" {
  description = "Tags of every resource, beside Project, Environment and ManagedBy."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key, value in var.tags : length(key) <= 128 && length(value) <= 256 && !startswith(lower(key), "aws:")])
    error_message = "tags has ${join(", ", [for key, value in var.tags : "'${key}'" if length(key) > 128 || length(value) > 256 || startswith(lower(key), "aws:")])}; a key has up to 128 characters and does not begin with aws:, a value has up to 256."
  }
}

variable "endpoint_url" {
  description = "Where the local stand-in for AWS answers (see `local-glue status`); null on AWS."
  type        = string
  default     = null

  validation {
    condition     = var.endpoint_url == null || can(regex("^https?://[^/]+/?$", var.endpoint_url))
    error_message = "endpoint_url is '${coalesce(var.endpoint_url, "null")}'; it takes http://host:port."
  }
}

variable "force_destroy" {
  description = "Whether `destroy` may delete buckets with what is in them, secrets at once, and databases without a last snapshot."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether AWS itself refuses to delete the ledger table and the RDS instance."
  type        = bool
  default     = true
}
