locals {
  jdbc_urls = {
    rds      = local.rds_jdbc_url
    redshift = local.redshift_jdbc_url
  }
  connections_by_name = { for connection in aws_glue_connection.this : connection.name => connection.name }
}

resource "aws_glue_connection" "this" {
  for_each = local.connection_names

  name            = each.value
  description     = "${each.key == "rds" ? "The catalogue's database" : "The warehouse"} of ${local.name}; its secret is read when a job runs"
  connection_type = "JDBC"

  connection_properties = {
    JDBC_CONNECTION_URL = local.jdbc_urls[each.key]
    JDBC_ENFORCE_SSL    = "true"
    SECRET_ID           = local.secret_arns[each.key]
  }

  # All connections of a job must lead through the same subnet.
  dynamic "physical_connection_requirements" {
    for_each = local.has_vpc ? [local.network] : []

    content {
      availability_zone      = physical_connection_requirements.value.availability_zone
      security_group_id_list = concat(aws_security_group.job[*].id, var.network.security_group_ids)
      subnet_id              = physical_connection_requirements.value.job_subnet_id
    }
  }
}
