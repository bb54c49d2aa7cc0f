locals {
  # Who may be called by whom: jobs call the databases and the endpoints, the warehouse S3.
  database_ports = { rds = 5432, redshift = 5439 }
  makes_group    = { for kind, database in local.databases : kind => local.has_vpc && database.mode == "create" }

  # Existing databases may be beyond the VPC.
  database_cidrs = local.has_vpc ? concat([local.network.cidr], var.network.connected_cidrs) : []
  job_calls = local.has_vpc ? merge(
    { endpoints = { port = 443, cidr = local.network.cidr } },
    { for call in setproduct(keys(local.database_ports), range(length(var.network.connected_cidrs) + 1)) :
      "${call[0]}-${call[1]}" => { port = local.database_ports[call[0]], cidr = local.database_cidrs[call[1]] }
    }
  ) : {}
}

data "aws_ec2_managed_prefix_list" "gateway" {
  for_each = toset(local.has_vpc ? local.gateway_services : [])

  name = "com.amazonaws.${var.region}.${each.value}"
}

resource "aws_security_group" "job" {
  count = local.has_vpc ? 1 : 0
  # checkov:skip=CKV2_AWS_5:attached by aws_glue_connection.this

  name        = "${local.name}-job"
  description = "Workers of Glue jobs"
  vpc_id      = local.network.vpc_id

  tags = { Name = "${local.name}-job" }

  lifecycle {
    create_before_destroy = true
  }
}

# Glue asks for it: the workers of a job talk to each other on ports they choose.
resource "aws_vpc_security_group_ingress_rule" "job_from_job" {
  # checkov:skip=CKV_AWS_24:from this very group only
  # checkov:skip=CKV_AWS_25:from this very group only
  # checkov:skip=CKV_AWS_260:from this very group only
  count = local.has_vpc ? 1 : 0

  security_group_id            = aws_security_group.job[0].id
  description                  = "Workers of the same job"
  ip_protocol                  = "tcp"
  from_port                    = 0
  to_port                      = 65535
  referenced_security_group_id = aws_security_group.job[0].id
}

resource "aws_vpc_security_group_egress_rule" "job_to_job" {
  count = local.has_vpc ? 1 : 0

  security_group_id            = aws_security_group.job[0].id
  description                  = "Workers of the same job"
  ip_protocol                  = "tcp"
  from_port                    = 0
  to_port                      = 65535
  referenced_security_group_id = aws_security_group.job[0].id
}

resource "aws_vpc_security_group_egress_rule" "job_to_network" {
  for_each = local.job_calls

  security_group_id = aws_security_group.job[0].id
  description       = "To ${each.key}"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
}

resource "aws_vpc_security_group_egress_rule" "job_to_gateway" {
  for_each = data.aws_ec2_managed_prefix_list.gateway

  security_group_id = aws_security_group.job[0].id
  description       = "To ${each.key}"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = each.value.id
}

resource "aws_security_group" "endpoint" {
  count = local.makes_network ? 1 : 0

  name        = "${local.name}-endpoint"
  description = "Endpoints of AWS services"
  vpc_id      = local.network.vpc_id

  tags = { Name = "${local.name}-endpoint" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoint_from_job" {
  count = local.makes_network ? 1 : 0

  security_group_id            = aws_security_group.endpoint[0].id
  description                  = "Jobs"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.job[0].id
}

resource "aws_security_group" "database" {
  for_each = toset([for kind, makes in local.makes_group : kind if makes])

  name        = "${local.name}-${each.value}"
  description = each.value == "rds" ? "The catalogue's database" : "The warehouse"
  vpc_id      = local.network.vpc_id

  tags = { Name = "${local.name}-${each.value}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_job" {
  for_each = aws_security_group.database

  security_group_id            = each.value.id
  description                  = "Jobs"
  ip_protocol                  = "tcp"
  from_port                    = local.database_ports[each.key]
  to_port                      = local.database_ports[each.key]
  referenced_security_group_id = aws_security_group.job[0].id
}

# COPY and UNLOAD go through the VPC (enhanced routing).
resource "aws_vpc_security_group_egress_rule" "redshift_to_s3" {
  count = local.makes_group.redshift ? 1 : 0

  security_group_id = aws_security_group.database["redshift"].id
  description       = "COPY and UNLOAD"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = data.aws_ec2_managed_prefix_list.gateway["s3"].id
}
