"""The job against an AWS on this machine; `local_glue` is a fixture of the package."""

from decimal import Decimal

pytest_plugins = ["local_glue.pytest"]


def _run(stack):
    run = stack.run_job("load_orders")
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]


def test_new_files_are_merged_once(local_glue):
    s3 = local_glue.client("s3")
    for key, rows in (("first", "1,Ann,9.50\n2,Bob,1.00\n"), ("second", "2,Bob,2.25\n3,Zoë,7.00\n")):
        s3.put_object(
            Bucket="orders-landing", Key=f"orders/{key}.csv", Body=f"order_id,customer,amount\n{rows}".encode()
        )
        _run(local_glue)
    _run(local_glue)  # nothing is new
    with local_glue.connect("warehouse") as warehouse:
        rows = warehouse.execute("SELECT order_id, customer, amount FROM public.orders ORDER BY order_id").fetchall()
    assert rows == [(1, "Ann", Decimal("9.50")), (2, "Bob", Decimal("2.25")), (3, "Zoë", Decimal("7.00"))]
