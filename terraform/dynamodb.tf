resource "aws_dynamodb_table" "ledger" {
  name                        = var.ledger_table
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "file_key"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "file_key"
    type = "S"
  }
  attribute {
    name = "open_dataset"
    type = "S"
  }

  # Holds only the files that are not archived yet: what a run reads does not grow with the history.
  global_secondary_index {
    name            = "open_files"
    hash_key        = "open_dataset"
    projection_type = "ALL"
  }

  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = local.kms_key_arn
  }
}
