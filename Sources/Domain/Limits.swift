/// Every limit of the server, by the name it has in the config file.
package struct Limits: Sendable, Equatable {
    package var bodyBytes = 8 * 1024 * 1024
    package var fileBytes = 32 * 1024 * 1024
    package var messages = 1000
    /// Earlier turns of a conversation that are sent to the model.
    package var historyTurns = 50
    /// The longest answer, in UTF-8 bytes; a longer one ends with the reason `length`.
    package var outputBytes = 1024 * 1024
    /// The messages of one page of a conversation.
    package var pageBytes = 4 * 1024 * 1024
    package var openStreams = 4096
    /// Runs of one account that may be under way at once, on all servers together; 0 for as many as the servers may.
    package var accountRuns = 0
    /// Requests that wait for their turn: in all, and of one account.
    package var queue = 100_000
    package var accountQueue = 20_000
    /// Requests of the queue that one server answers at a time.
    package var queueWorkers = 64
    package var accountQueueWorkers = 48
    /// Seconds before each attempt at a callback, from the attempt before; the first from the end of the request.
    package var callbackScheduleSeconds = [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// For a receiver to answer.
    package var callbackSeconds = 30
    /// What a callback's body may have; a result that is larger is left out, and a link tells where it is.
    package var callbackBytes = 1024 * 1024
    /// Callbacks that a server sends at a time: in all, and to one endpoint of an account.
    package var callbacks = 64
    package var endpointCallbacks = 8
    /// Attempts in a row that fail before an endpoint is left alone, and for how long.
    package var endpointFailures = 20
    package var endpointPauseSeconds = 600
    /// For the server of a file that a question names to send it.
    package var linkSeconds = 30
    /// Bytes on their way to one reader before the server stops rendering for it.
    package var streamBufferBytes = 256 * 1024
    package var slowReaderSeconds = 30
    /// The path and all headers of a request, without what separates them.
    package var headerBytes = 32 * 1024
    package var headerCount = 100
    package var headerSeconds = 10
    package var bodySeconds = 60
    package var idleConnectionSeconds = 75
    /// For a client to take its last answer and close, before the connection is closed for it.
    package var lingerSeconds = 5
    package var partCount = 100
    /// The people of a room.
    package var roomUsers = 1000
    package var partHeaderBytes = 16 * 1024
    package var tokenFailuresPerMinute = 20
    package var heartbeatSeconds = 30
    package var graceSeconds = 15
    package var drainStreamsSeconds = 5
    package var drainRunsSeconds = 10
    package var marketplaceTokenSeconds = 1800
    package var saasTokenSeconds = 3600
    package var stackspotTokenSeconds = 1200
    package var keyOverlapHours = 24
    /// A file of a knowledge source.
    package var documentBytes = 10 * 1024 * 1024
    /// The longest that a place for an upload is kept.
    package var uploadSeconds = 3600
    /// What a model is given of knowledge sources, in tokens as they are estimated.
    package var knowledgeTokens = 2000
    /// What vectors of knowledge sources may take in memory.
    package var vectorBytes = 512 * 1024 * 1024
    /// Requests a minute, by dialect; 0 for any number.
    package var stackspotRates = DialectRates(account: 100, client: 100, agent: 100)
    package var agenticStarRates = DialectRates()
    package var roomsRates = DialectRates()
    /// Quick commands: of a personal access token in a day, of another client in a minute.
    package var quickCommandsPerDay = 100
    package var quickCommandsPerMinute = 20
    package var eventsDays = 30
    package var filesDays = 30
    package var idempotencyHours = 24

    package init() {}
}
