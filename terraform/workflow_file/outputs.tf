output "jobs" {
  description = "Jobs by name, with the defaults of the file filled in."
  value       = local.jobs
}

output "workflows" {
  description = "Workflows by name."
  value       = local.workflows
}

output "starts" {
  description = "Start triggers by workflow."
  value       = local.starts
}

output "triggers" {
  description = "All other triggers by name."
  value       = local.triggers
}

output "problems" {
  description = "What is wrong, a sentence each."
  value       = concat(local.job_problems, local.trigger_problems, local.workflow_problems)
}
