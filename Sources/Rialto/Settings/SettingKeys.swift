import Domain
import Outbound

private let most = 1 << 40
private let seconds = 1...86_400
private let days = 1...36_500
private let rates = 0...1_000_000_000

extension SettingKey<Settings> {
    /// Every key of the config outside of `upstreams`.
    static let all: [Self] = listening + limits + times + others + knowledge + shop

    private static let listening: [Self] = [
        .text("listen.host", \.listen.host),
        .number("listen.port", \.listen.port, 0...65_535),
        .text("listen.public_url", \.listen.publicURL),
        .number("listen.backlog", \.listen.backlog, 1...65_535),
        .text("store.url", \.store.url),
        .number("store.connections", \.store.connections, 2...1000),
        .text("tls.certificate", \.tls.certificate),
        .text("tls.key", \.tls.key),
        .word("log.level", \.log.level),
        .word("log.format", \.log.format),
    ]

    private static let limits: [Self] = [
        .number("limits.body_bytes", \.limits.bodyBytes, 1...most),
        .number("limits.file_bytes", \.limits.fileBytes, 1...most),
        .number("limits.messages", \.limits.messages, 1...most),
        .number("limits.history_turns", \.limits.historyTurns, 0...1_000_000),
        .number("limits.output_bytes", \.limits.outputBytes, 1...most),
        .number("limits.page_bytes", \.limits.pageBytes, 1...most),
        .number("limits.open_streams", \.limits.openStreams, 1...1_000_000),
        .number("limits.account_runs", \.limits.accountRuns, 0...1_000_000),
        .number("limits.stream_buffer_bytes", \.limits.streamBufferBytes, 1024...most),
        .number("limits.slow_reader_seconds", \.limits.slowReaderSeconds, seconds),
        .number("limits.header_bytes", \.limits.headerBytes, 1024...most),
        .number("limits.header_count", \.limits.headerCount, 16...1_000_000),
        .number("limits.header_seconds", \.limits.headerSeconds, seconds),
        .number("limits.body_seconds", \.limits.bodySeconds, seconds),
        .number("limits.idle_connection_seconds", \.limits.idleConnectionSeconds, seconds),
        .number("limits.linger_seconds", \.limits.lingerSeconds, seconds),
        .number("limits.part_count", \.limits.partCount, 1...1_000_000),
        .number("limits.part_header_bytes", \.limits.partHeaderBytes, 64...most),
        .number("limits.room_users", \.limits.roomUsers, 1...most),
        .number("limits.token_failures_per_minute", \.limits.tokenFailuresPerMinute, 1...1_000_000),
    ]

    /// The queue, and what is asked of others.
    private static let others: [Self] = [
        .number("queue.workers", \.limits.queueWorkers, 1...100_000),
        .number("queue.account_workers", \.limits.accountQueueWorkers, 1...100_000),
        .number("queue.length", \.limits.queue, 1...most),
        .number("queue.account_length", \.limits.accountQueue, 1...most),
        .numbers("callbacks.schedule_seconds", \.limits.callbackScheduleSeconds, 0...864_000),
        .number("callbacks.answer_seconds", \.limits.callbackSeconds, seconds),
        .number("callbacks.body_bytes", \.limits.callbackBytes, 1024...most),
        .number("callbacks.at_once", \.limits.callbacks, 1...100_000),
        .number("callbacks.at_once_per_endpoint", \.limits.endpointCallbacks, 1...100_000),
        .number("callbacks.failures", \.limits.endpointFailures, 1...1_000_000),
        .number("callbacks.pause_seconds", \.limits.endpointPauseSeconds, seconds),
        .list("outbound.allow", \.outbound.allow, of: "ranges of addresses such as 10.1.0.0/16") {
            AddressRange(parsing: $0) != nil
        },
        .number("outbound.file_seconds", \.limits.linkSeconds, seconds),
        .text("s3.endpoint", \.objects.endpoint),
        .text("s3.region", \.objects.region),
        .text("s3.access_key_id", \.objects.accessKeyID),
        .text("s3.secret_key_env", \.objects.secretKeyVariable),
    ]

    /// Knowledge sources and uploads for them, and how often they may be asked.
    private static let knowledge: [Self] = [
        .number("knowledge.document_bytes", \.limits.documentBytes, 1...most),
        .number("knowledge.prompt_tokens", \.limits.knowledgeTokens, 1...1_000_000),
        .number("knowledge.vector_bytes", \.limits.vectorBytes, 0...most),
        .text("knowledge.embedding_upstream", \.embedding.upstream),
        .text("knowledge.embedding_model", \.embedding.model),
        .number("uploads.form_seconds", \.limits.uploadSeconds, 60...604_800),
        .number("rates.stackspot_account_per_minute", \.limits.stackspotRates.account, rates),
        .number("rates.stackspot_client_per_minute", \.limits.stackspotRates.client, rates),
        .number("rates.stackspot_agent_per_minute", \.limits.stackspotRates.agent, rates),
        .number("rates.agentic_star_account_per_minute", \.limits.agenticStarRates.account, rates),
        .number("rates.agentic_star_client_per_minute", \.limits.agenticStarRates.client, rates),
        .number("rates.agentic_star_agent_per_minute", \.limits.agenticStarRates.agent, rates),
        .number("rates.rooms_account_per_minute", \.limits.roomsRates.account, rates),
        .number("rates.rooms_client_per_minute", \.limits.roomsRates.client, rates),
        .number("rates.rooms_agent_per_minute", \.limits.roomsRates.agent, rates),
        .number("rates.quick_commands_per_day", \.limits.quickCommandsPerDay, rates),
        .number("rates.quick_commands_per_minute", \.limits.quickCommandsPerMinute, rates),
    ]

    private static let times: [Self] = [
        .number("streams.heartbeat_seconds", \.limits.heartbeatSeconds, seconds),
        .number("streams.grace_seconds", \.limits.graceSeconds, 0...86_400),
        .number("drain.streams_seconds", \.limits.drainStreamsSeconds, 0...86_400),
        .number("drain.runs_seconds", \.limits.drainRunsSeconds, 0...86_400),
        .number("tokens.marketplace_seconds", \.limits.marketplaceTokenSeconds, seconds),
        .number("tokens.saas_seconds", \.limits.saasTokenSeconds, seconds),
        .number("tokens.stackspot_seconds", \.limits.stackspotTokenSeconds, seconds),
        .number("tokens.key_overlap_hours", \.limits.keyOverlapHours, 0...87_600),
        .number("retention.events_days", \.limits.eventsDays, days),
        .number("retention.files_days", \.limits.filesDays, days),
        .number("retention.idempotency_hours", \.limits.idempotencyHours, 24...87_600),
    ]

    private static let shop: [Self] = [
        .number("shop.quote_seconds", \.shop.quoteSeconds, seconds),
        .number("shop.dispatch_seconds", \.shop.dispatchSeconds, seconds),
        .number("shop.lookup_seconds", \.shop.lookupSeconds, seconds),
        .number("shop.longest_lookup_seconds", \.shop.longestLookupSeconds, seconds),
        .number("shop.lookups_before_alert", \.shop.lookupsBeforeAlert, 1...1_000_000),
        .number("shop.wait_seconds", \.shop.waitSeconds, seconds),
        .number("simulation.fault_percent", \.simulation.faultPercent, 0...100),
        .number("simulation.fault_seed", \.simulation.faultSeed, 0...most),
    ]

    /// The sections of the config file.
    static let sections = [
        "listen", "store", "tls", "log", "limits", "streams", "queue", "callbacks", "outbound", "s3", "knowledge",
        "uploads", "rates", "drain", "tokens", "retention", "shop", "simulation", "upstreams", "router",
    ]
}

extension SettingKey<RouterModel> {
    /// Every key of a model that the router sells, in the list `router.models`.
    static let all: [Self] = [
        .text("name", \.name),
        .text("upstream", \.upstream),
        .text("model", \.model),
        .dollars("input_usd_per_million", \.prices.input),
        .dollars("output_usd_per_million", \.prices.output),
        .dollars("cached_input_usd_per_million", \.prices.cachedInput),
        .dollars("request_usd", \.prices.request),
        .number("max_output_tokens", \.maxOutputTokens, 1...RouterBound.mostTokens),
        .number("image_tokens", \.imageTokens, 1...1_000_000),
        .number("overhead_tokens", \.overheadTokens, 0...1_000_000),
    ]

    /// Without these nobody knows what is sold, or for how much.
    static let needed = ["name", "upstream", "model", "input_usd_per_million", "output_usd_per_million"]
}

extension SettingKey<UpstreamSettings> {
    /// Every key of an upstream, below `upstreams.NAME`.
    static let all: [Self] = [
        .word("kind", \.kind, except: [.guide, .echo]),
        .text("url", \.url),
        .text("key_env", \.keyVariable),
        .flag("stream", \.streams),
        .number("retries", \.retries, 0...10),
        .number("connect_seconds", \.connectSeconds, seconds),
        .number("first_event_seconds", \.firstEventSeconds, seconds),
        .number("idle_seconds", \.idleSeconds, seconds),
        .number("whole_seconds", \.wholeSeconds, seconds),
        .number("connections", \.connections, 1...1_000_000),
    ]
}
