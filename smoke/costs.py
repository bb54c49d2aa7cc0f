"""What a smoke run creates, how long it takes and what it costs, from the prices of docs/prices.py."""

from docs.prices import A, P

CREATED = (
    "a VPC without a way to the internet, with six interface endpoints",
    "RDS PostgreSQL db.t4g.micro with 20 GB, and Redshift Serverless of 4 RPU",
    "the jobs, triggers and workflows of workflows.json, and one job that asks questions",
    "three buckets, a DynamoDB table, a KMS key, secrets, roles, log groups, alarms, a dashboard",
)
HOURS_THERE, MINUTES_AWAKE = 0.6, 25
LOADS, QUESTION_MINUTES = 2, 4


def dollars() -> float:
    """An upper estimate: everything is there for `HOURS_THERE`, and the warehouse awake for most of the loads."""
    minutes = sum(LOADS * (flow.standard_minutes + flow.flex_minutes) for flow in (A.streams, A.sparkify))
    glue = (minutes + QUESTION_MINUTES) / 60 * A.workers * P.glue_dpu_hour
    redshift = MINUTES_AWAKE / 60 * A.base_rpu * P.redshift_rpu_hour
    there = HOURS_THERE * (A.interface_endpoints * P.interface_endpoint_hour + P.rds_t4g_micro_hour)
    alarms = (A.streams.alarms + A.sparkify.alarms) * P.alarm_month / 30
    return glue + redshift + there + alarms


def announcement(environment: str, region: str) -> str:
    """What people read before they say yes."""
    created = "\n".join(f"  - {line}" for line in CREATED)
    return (
        f"This creates the environment {environment} in {region}, loads a small delivery twice, and destroys it:\n"
        f"{created}\nAbout ${dollars():.2f} at list prices, most of it Redshift and Glue by the minute; "
        f"AWS needs some minutes each to make and to delete the databases."
    )
