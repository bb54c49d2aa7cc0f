provider "aws" {
  region = var.region

  # Only for the local endpoint, which takes any key; on AWS the usual credentials count (profile, SSO, role).
  access_key                  = local.is_local ? "local" : null
  secret_key                  = local.is_local ? "local" : null
  s3_use_path_style           = local.is_local
  skip_credentials_validation = local.is_local
  skip_metadata_api_check     = local.is_local
  skip_region_validation      = local.is_local
  max_retries                 = local.is_local ? 4 : null

  # The ARN of a connection is made of the account: without it the local endpoint's could not be read.
  skip_requesting_account_id = false

  dynamic "endpoints" {
    for_each = local.is_local ? [var.endpoint_url] : []

    content {
      cloudwatch         = endpoints.value
      dynamodb           = endpoints.value
      ec2                = endpoints.value
      events             = endpoints.value
      glue               = endpoints.value
      iam                = endpoints.value
      kms                = endpoints.value
      logs               = endpoints.value
      rds                = endpoints.value
      redshiftserverless = endpoints.value
      s3                 = endpoints.value
      secretsmanager     = endpoints.value
      sns                = endpoints.value
      sqs                = endpoints.value
      sts                = endpoints.value
    }
  }

  default_tags {
    tags = merge({ Project = var.project, Environment = var.environment, ManagedBy = "terraform" }, var.tags)
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}
