"""What the call agent and the gateways share: the messages, the digit map, the channel between them."""
