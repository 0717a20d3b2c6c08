"""CX1xx: how functions are declared, and how they call one another."""
