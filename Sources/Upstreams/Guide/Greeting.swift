/// Messages that ask for no passage: a greeting, or who is there.
enum Greeting {
    /// The language of a greeting, or nil for anything else.
    static func tongue(of message: String) -> Tongue? {
        let words = Words.pieces(of: message)
        guard words.count <= longest else { return nil }
        let said = words.joined(separator: " ")
        if said.isEmpty { return .english }
        if let tongue = table[said] { return tongue }
        let opening = words.prefix(2).joined(separator: " ")
        let isAddress = words.count <= 3 && words.allSatisfy { StopWords.english.contains($0) || known.contains($0) }
        return isAddress ? table[opening] ?? words.first.flatMap { table[$0] } : nil
    }

    private static let longest = 6
    /// Words that go along with a greeting.
    private static let known: Set<String> = ["hello", "hi", "hey", "rialto", "guide", "everyone", "hola", "hallo"]

    private static let table: [String: Tongue] = {
        var table: [String: Tongue] = [:]
        for (tongue, greetings) in greetings {
            for greeting in greetings.split(separator: ",") {
                table[greeting.split(separator: " ").joined(separator: " ")] = tongue
            }
        }
        return table
    }()

    private static let greetings: [(Tongue, String)] = [
        (
            .english,
            """
            hello, hi, hey, hello world, hello there, hi there, good morning, good afternoon, good evening, good day, \
            greetings, howdy, test, testing, help, help me, how are you, who are you, what are you, what can you do, \
            what do you do, what do you know, what can i ask, what can i ask you, are you there, are you an ai, are \
            you a language model, introduce yourself, thanks, thank you, ping, yo
            """
        ),
        (
            .japanese,
            """
            こんにちは, こんばんは, おはよう, おはようございます, はじめまして, もしもし, やあ, ハロー, どうも, あなたは誰ですか, あなたは誰, 何ができますか, 何ができるの, ヘルプ, 助けて, \
            自己紹介してください, ありがとう, ありがとうございます
            """
        ),
        (.chinese, "你好, 您好, 嗨, 大家好, 早上好, 晚上好, 下午好, 早, 哈喽, 你是谁, 你能做什么, 帮助, 谢谢, 你好吗, 喂"),
        (.korean, "안녕하세요, 안녕, 안녕하십니까, 반갑습니다, 여보세요, 누구세요, 당신은 누구입니까, 도와주세요, 도움말, 감사합니다"),
        (
            .russian,
            """
            привет, здравствуйте, здравствуй, добрый день, доброе утро, добрый вечер, кто ты, кто вы, что ты умеешь, \
            помощь, спасибо
            """
        ),
        (.arabic, "مرحبا, مرحبًا, أهلا, أهلاً, السلام عليكم, صباح الخير, مساء الخير, من أنت, مساعدة, شكرا"),
        (.hindi, "नमस्ते, नमस्कार, हैलो, आप कौन हैं, तुम कौन हो, मदद, धन्यवाद"),
        (
            .spanish,
            """
            hola, buenas, buenos días, buenas tardes, buenas noches, quién eres, qué puedes hacer, ayuda, gracias
            """
        ),
        (
            .portuguese,
            """
            olá, ola, oi, bom dia, boa tarde, boa noite, quem é você, quem és tu, o que você pode fazer, ajuda, \
            obrigado, obrigada
            """
        ),
        (
            .french,
            """
            bonjour, bonsoir, salut, coucou, qui es-tu, qui êtes-vous, que peux-tu faire, que sais-tu faire, aide, \
            merci
            """
        ),
        (
            .german,
            """
            hallo, guten tag, guten morgen, guten abend, servus, moin, grüß gott, grüezi, wer bist du, wer sind sie, \
            was kannst du, hilfe, danke
            """
        ),
        (.italian, "ciao, buongiorno, buonasera, salve, chi sei, cosa sai fare, cosa puoi fare, aiuto, grazie"),
    ]
}
