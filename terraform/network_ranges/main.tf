# Two ranges overlap when, cut to the shorter prefix of both, they are the same.
locals {
  subnet_cidrs = coalesce(var.subnet_cidrs, try(cidrsubnets(var.cidr, 2, 2, 2), []))
  given_cidrs  = concat([var.cidr], coalesce(var.subnet_cidrs, []), var.connected_cidrs)
  unreadable   = [for cidr in local.given_cidrs : cidr if !can(cidrhost(cidr, 0)) || !can(regex("^[0-9.]+/[0-9]+$", cidr))]

  # Subnets must differ from each other; connected networks from the VPC.
  pairs = concat(
    flatten([for i, one in local.subnet_cidrs : [for j, other in local.subnet_cidrs : { one = one, other = other } if i < j]]),
    [for other in var.connected_cidrs : { one = var.cidr, other = other }],
  )
  overlapping = [
    for pair in local.pairs : pair if try(
      cidrsubnet("${split("/", pair.one)[0]}/${min(split("/", pair.one)[1], split("/", pair.other)[1])}", 0, 0) ==
      cidrsubnet("${split("/", pair.other)[0]}/${min(split("/", pair.one)[1], split("/", pair.other)[1])}", 0, 0), false
    )
  ]
  outside = [
    for cidr in local.subnet_cidrs : cidr if try(
      split("/", cidr)[1] < split("/", var.cidr)[1] ||
      cidrsubnet("${split("/", cidr)[0]}/${split("/", var.cidr)[1]}", 0, 0) != cidrsubnet(var.cidr, 0, 0), false
    )
  ]
}
