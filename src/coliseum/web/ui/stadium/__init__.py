"""The pages of live events: what is on, one event as it happens, the Jumbotron, and the page to vote from."""
