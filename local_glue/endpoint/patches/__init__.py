"""Where moto answers otherwise than AWS."""
