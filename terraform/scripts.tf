locals {
  build_folder = startswith(var.build_folder, "/") ? var.build_folder : "${path.module}/${var.build_folder}"
  library_key  = "lib/glue_jobs.zip"
  wheels       = fileset(local.build_folder, "wheels/*.whl")
}

# A changed hash uploads the object again; the next run of each job takes it. The ETag would not do: encrypted objects have another.
resource "aws_s3_object" "script" {
  for_each = toset([for job in module.workflow_file.jobs : job.script])

  bucket       = aws_s3_bucket.this["scripts"].id
  key          = each.value
  source       = "${path.module}/../${each.value}"
  source_hash  = try(filemd5("${path.module}/../${each.value}"), null)
  content_type = "text/x-python"

  depends_on = [terraform_data.workflow_file, aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}

resource "aws_s3_object" "library" {
  bucket      = aws_s3_bucket.this["scripts"].id
  key         = local.library_key
  source      = "${local.build_folder}/${local.library_key}"
  source_hash = try(filemd5("${local.build_folder}/${local.library_key}"), null)

  lifecycle {
    precondition {
      condition     = fileexists("${local.build_folder}/${local.library_key}") && length(local.wheels) > 0
      error_message = "${var.build_folder} has no ${local.library_key} or no wheels/*.whl: run make package."
    }
  }

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}

resource "aws_s3_object" "wheel" {
  for_each = local.wheels

  bucket      = aws_s3_bucket.this["scripts"].id
  key         = each.value
  source      = "${local.build_folder}/${each.value}"
  source_hash = filemd5("${local.build_folder}/${each.value}")

  depends_on = [aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}
