// The error classes that n8n raises to the caller. Everything else that an expression throws is swallowed.
(function () {
	class ExpressionError extends Error {
		constructor(message, context) {
			super(message);
			Object.defineProperty(this, 'name', { value: 'ExpressionError', writable: true, configurable: true });
			Object.defineProperty(this, 'context', { value: context ?? {}, writable: true, configurable: true });
		}
	}
	class ExpressionExtensionError extends ExpressionError {
		constructor(message, context) {
			super(message, context);
			Object.defineProperty(this, 'name', { value: 'ExpressionExtensionError', writable: true, configurable: true });
		}
	}
	return { ExpressionError, ExpressionExtensionError };
});
