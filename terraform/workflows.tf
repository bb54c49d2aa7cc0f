# Jobs, workflows and triggers follow from workflows.json: what is added there is there.
locals {
  # ARNs are known only after apply, and the file decides what there is: this one is put in when all else is settled.
  role_mark = "<redshift_role>"

  jobs = {
    for name, job in module.workflow_file.jobs : name => merge(job, {
      arguments = { for key, value in job.arguments : key => replace(value, local.role_mark, local.warehouse_role_arn) }
    })
  }
  workflows = module.workflow_file.workflows
  starts    = module.workflow_file.starts
  triggers  = module.workflow_file.triggers
  datasets  = distinct(flatten([for job in module.workflow_file.jobs : job.datasets]))
}

module "workflow_file" {
  source = "./workflow_file"

  file           = startswith(var.workflows_file, "/") ? var.workflows_file : "${path.module}/${var.workflows_file}"
  project_folder = "${path.module}/.."
  values = {
    landing_bucket      = local.buckets.landing
    lake_bucket         = local.buckets.lake
    ledger_table        = var.ledger_table
    rds_connection      = local.connection_names.rds
    redshift_connection = local.connection_names.redshift
    redshift_role       = local.role_mark
    reader_group        = var.reader_group
  }
  connections       = values(local.connection_names)
  start             = var.start
  schedules_enabled = var.schedules_enabled
  job_settings      = var.job_settings
  flex_kinds        = var.flex_kinds
}

resource "terraform_data" "workflow_file" {
  input = keys(local.jobs)

  lifecycle {
    precondition {
      condition     = length(module.workflow_file.problems) == 0
      error_message = "${var.workflows_file}: ${join("; ", module.workflow_file.problems)}."
    }
    # `terraform test` runs in the workspace that was chosen last, as environment test, and makes nothing.
    precondition {
      condition     = contains(["default", var.environment], terraform.workspace) || var.environment == "test"
      error_message = "The workspace ${terraform.workspace} holds another environment than ${var.environment}: choose the other workspace or the other .tfvars file."
    }
  }
}
