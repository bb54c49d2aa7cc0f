module "network_ranges" {
  source = "./network_ranges"

  cidr            = var.network.cidr
  subnet_cidrs    = var.network.subnet_cidrs
  connected_cidrs = local.makes_network ? var.network.connected_cidrs : [] # An existing VPC has a range of its own.
}

resource "terraform_data" "network" {
  input = module.network_ranges.subnet_cidrs

  lifecycle {
    precondition {
      condition     = length(module.network_ranges.problems) == 0
      error_message = "network: ${join("; ", module.network_ranges.problems)}."
    }
  }
}

locals {
  subnet_cidrs  = module.network_ranges.subnet_cidrs
  makes_network = var.network.mode == "create"
  has_vpc       = local.makes_network || var.network.vpc_id != null

  network = {
    vpc_id            = local.makes_network ? one(aws_vpc.this[*].id) : var.network.vpc_id
    cidr              = local.makes_network ? var.network.cidr : one(data.aws_vpc.existing[*].cidr_block)
    subnet_ids        = local.makes_network ? [for cidr in local.subnet_cidrs : aws_subnet.this[cidr].id] : var.network.subnet_ids
    job_subnet_id     = local.makes_network ? try(aws_subnet.this[local.subnet_cidrs[0]].id, null) : try(var.network.subnet_ids[0], null)
    availability_zone = local.makes_network ? try(aws_subnet.this[local.subnet_cidrs[0]].availability_zone, null) : var.network.availability_zone
  }

  # What jobs call that S3's and DynamoDB's gateways do not bring: connections' secrets, bookmarks and run properties, logs, metrics, keys, roles.
  interface_services = ["glue", "kms", "logs", "monitoring", "secretsmanager", "sts"]
  gateway_services   = ["dynamodb", "s3"]
}

data "aws_vpc" "existing" {
  count = !local.makes_network && local.has_vpc ? 1 : 0

  id = var.network.vpc_id
}

data "aws_availability_zones" "this" {
  count = local.makes_network ? 1 : 0
  # checkov:skip=CKV_AWS_394:zones that an account must opt into are filtered out; only the first three are used

  state = "available"

  # Local zones and those that an account must opt into know neither Glue nor Redshift.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "this" {
  count = local.makes_network ? 1 : 0
  # checkov:skip=CKV2_AWS_11:no route leads out of this network, and the databases and the endpoints log who calls them

  cidr_block           = var.network.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = local.name }

  depends_on = [terraform_data.network]
}

# Without rules: whoever forgets to choose a group is shut off.
resource "aws_default_security_group" "this" {
  count = local.makes_network ? 1 : 0

  vpc_id = aws_vpc.this[0].id
}

resource "aws_subnet" "this" {
  for_each = toset(local.makes_network ? local.subnet_cidrs : [])

  vpc_id            = aws_vpc.this[0].id
  cidr_block        = each.value
  availability_zone = data.aws_availability_zones.this[0].names[index(local.subnet_cidrs, each.value) % length(data.aws_availability_zones.this[0].names)]

  tags = { Name = "${local.name}-${index(local.subnet_cidrs, each.value) + 1}" }
}

resource "aws_route_table" "this" {
  count = local.makes_network ? 1 : 0

  vpc_id = aws_vpc.this[0].id

  tags = { Name = local.name }
}

resource "aws_route_table_association" "this" {
  for_each = aws_subnet.this

  route_table_id = aws_route_table.this[0].id
  subnet_id      = each.value.id
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(local.makes_network ? local.gateway_services : [])

  vpc_id            = aws_vpc.this[0].id
  service_name      = "com.amazonaws.${var.region}.${each.value}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.this[0].id]

  tags = { Name = "${local.name}-${each.value}" }
}

# In the jobs' subnet only: an endpoint costs by the hour and zone, and the other zones' databases call none.
resource "aws_vpc_endpoint" "interface" {
  for_each = toset(local.makes_network ? local.interface_services : [])

  vpc_id              = aws_vpc.this[0].id
  service_name        = "com.amazonaws.${var.region}.${each.value}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [local.network.job_subnet_id]
  security_group_ids  = [aws_security_group.endpoint[0].id]

  tags = { Name = "${local.name}-${each.value}" }
}
