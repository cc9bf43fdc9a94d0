// Runs a declarative node in n8n's own engine: WorkflowExecute of n8n-core, with the node's input already run.

const INPUT = 'Input';
const URLS = ['restApiUrl', 'instanceBaseUrl', 'webhookBaseUrl', 'webhookWaitingBaseUrl', 'webhookTestBaseUrl', 'formWaitingBaseUrl'];
const inputType = { description: { name: 'input', displayName: INPUT, group: ['input'], version: 1, defaults: {}, inputs: [], outputs: ['main'], properties: [] } };

/** What n8n needs of credentials: the data as it is; `types` are the credential types by name. */
function credentialsHelper(credentials, types, authenticate) {
	const parents = (name) => (types[name]?.extends ?? []).flatMap((parent) => [parent, ...parents(parent)]);
	return {
		getParentTypes: parents,
		getDecrypted: async (_additional, _node, name) => structuredClone(credentials[name] ?? {}),
		getCredentialsProperties: (name) => types[name]?.properties ?? [],
		isCredentialUsableByNode: () => true,
		preAuthentication: async () => undefined,
		runPreAuthentication: async () => undefined,
		updateCredentials: async () => {},
		updateCredentialsOauthTokenData: async () => {},
		authenticate: async (data, name, options, workflow, node) => {
			const rule = [name, ...parents(name)].map((type) => types[type]?.authenticate).find(Boolean);
			return authenticate({ rule, data, options, workflow, node });
		},
	};
}

/** n8n's generic `authenticate`, as its server applies it. */
export function generic({ rule, data, options, workflow, node }) {
	const resolve = (text) => workflow.expression.getSimpleParameterValue(node, text, 'internal', { $credentials: data }, undefined, '');
	for (const [place, entries] of Object.entries(rule?.type === 'generic' ? rule.properties : {})) {
		options[place] ??= {};
		for (const [key, value] of Object.entries(entries)) options[place][resolve(key)] = resolve(value);
	}
	return options;
}

/**
 * Makes an engine of n8n's modules; `run` executes one node over items and answers its outputs or its error. `authenticate` puts a credential into
 * the options of a request.
 */
export function makeEngine(n8n, { types = {}, authenticate }) {
	process.env.N8N_ENCRYPTION_KEY ??= 'conformance';
	process.env.N8N_LOG_LEVEL = 'silent';
	const { Workflow, createRunExecutionData } = n8n('n8n-workflow');
	const core = n8n('n8n-core');
	n8n('@n8n/di').Container.get(core.ErrorReporter).error = () => {};

	async function run({ description, node, items, credentials }) {
		const known = { [node.type]: { description }, 'conformance.input': inputType };
		const nodeTypes = { getByName: (name) => known[name], getByNameAndVersion: (name) => known[name], getKnownTypes: () => ({}) };
		const references = Object.fromEntries(Object.keys(credentials).map((name) => [name, { id: '1', name }]));
		const subject = { id: 'node', name: 'Node', position: [0, 0], ...structuredClone(node), credentials: references };
		const input = { id: 'input', name: INPUT, type: 'conformance.input', typeVersion: 1, position: [0, 0], parameters: {} };
		const workflow = new Workflow({
			id: 'workflow', name: 'Conformance', nodes: [input, subject], active: false, nodeTypes,
			connections: { [INPUT]: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
			settings: { executionOrder: 'v1', timezone: 'UTC' },
		});
		const data = items.map((json) => ({ json: structuredClone(json) }));
		const paired = data.map((item, index) => ({ ...item, pairedItem: { item: index } }));
		const source = { main: [{ previousNode: INPUT, previousNodeOutput: 0, previousNodeRun: 0 }] };
		const done = { startTime: 0, executionIndex: 0, executionTime: 0, executionStatus: 'success', source: [], data: { main: [paired] } };
		const state = createRunExecutionData({
			executionData: { nodeExecutionStack: [{ node: subject, data: { main: [data] }, source }] },
			resultData: { runData: { [INPUT]: [done] } },
		});
		const additional = {
			credentialsHelper: credentialsHelper(credentials, types, authenticate), hooks: new core.ExecutionLifecycleHooks('trigger', '1', workflow),
			executionId: '1', currentNodeExecutionIndex: 1, variables: { region: 'eu' }, setExecutionStatus: () => {},
			...Object.fromEntries(URLS.map((url) => [url, 'http://n8n.test/'])),
		};
		const executor = new core.WorkflowExecute(additional, 'trigger', state);
		executor.checkForWorkflowIssues = () => {}; // the cases are run whatever n8n's editor would say
		await executor.processRunExecutionData(workflow);
		const task = state.resultData.runData.Node?.at(-1);
		return { main: task?.data?.main, error: task?.error ?? state.resultData.error };
	}
	return { run };
}
