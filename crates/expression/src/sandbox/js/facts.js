// The names that are plain facts of the node, the execution and the clock.
(function (scope, host) {
	const { fact } = host;
	const facts = {};
	for (const [name, key] of Object.entries({
		$runIndex: 'runIndex', $thisRunIndex: 'runIndex', $mode: 'mode', $nodeVersion: 'nodeVersion', $nodeId: 'nodeId', $webhookId: 'webhookId',
	})) facts[name] = () => fact(key);
	facts.$executionId = () => fact('executionId') ?? '__UNKNOWN__';
	facts.$resumeWebhookUrl = () => fact('resumeUrl');

	/** Custom data set in an expression is seen by the rest of it. */
	const customData = () => {
		const data = { ...fact('customData') };
		const invalid = (message) => Object.assign(new Error(message), { name: 'InvalidExecutionMetadataError' });
		const store = (key, value) => {
			if (!(key in data) && Object.keys(data).length >= 10) return;
			if (typeof key !== 'string') throw invalid('Custom data key must be a string');
			if (key.replace(/[\p{L}\p{N}\p{M}_]/gu, '').length !== 0) {
				throw invalid(`Custom data key can only contain letters, numbers, and underscores (key "${key}")`);
			}
			if (!['string', 'number', 'bigint'].includes(typeof value)) throw invalid('Custom data value must be a string or a number');
			data[key.slice(0, 50)] = String(value).slice(0, 512);
		};
		const lenient = (change) => (...args) => {
			try {
				change(...args);
			} catch (error) {
				if (fact('mode') === 'manual') throw error;
			}
		};
		return {
			set: lenient(store),
			setAll: lenient((values) => {
				const failures = [];
				for (const [key, value] of Object.entries(values)) {
					try {
						store(key, value);
					} catch (error) {
						failures.push(error);
					}
				}
				if (failures.length) throw failures[0];
			}),
			get: (key) => data[String(key).slice(0, 50)],
			getAll: () => ({ ...data }),
		};
	};

	const made = {
		$execution: () => ({
			id: fact('executionId') ?? '__UNKNOWN__',
			mode: fact('mode') === 'manual' ? 'test' : 'production',
			resumeUrl: fact('resumeUrl'),
			resumeFormUrl: fact('resumeFormUrl'),
			customData: customData(),
		}),
		$vars: () => fact('vars'),
		$now: () => scope.DateTime.now(),
		$today: () => scope.DateTime.now().set({ hour: 0, minute: 0, second: 0, millisecond: 0 }),
	};
	return { facts, made };
});
