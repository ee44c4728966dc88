/// What the guide says in its own words.
struct Phrases {
    /// Who it is and what it can be asked.
    let greeting: String
    /// That the handbook has nothing, and what it can be asked.
    let nothing: String
    /// What leads to the passages.
    let found: String

    private init(
        _ hello: String, _ label: String, nothing: String, topics: String, found: String, space: String = " "
    ) {
        greeting = "\(hello)\(space)\(label)\n\n\(topics)"
        self.nothing = "\(nothing)\n\n\(label)\(space)\(topics)"
        self.found = "\(label)\(space)\(found)"
    }

    static func phrases(in tongue: Tongue) -> Phrases {
        switch tongue {
        case .english: english
        case .japanese: japanese
        case .chinese: chinese
        case .korean: korean
        case .russian: russian
        case .arabic: arabic
        case .hindi: hindi
        case .spanish: spanish
        case .portuguese: portuguese
        case .french: french
        case .german: german
        case .italian: italian
        }
    }

    private static let english = Phrases(
        "Hello.",
        "I am Rialto's guide, not a language model: I search Rialto's handbook and quote it.",
        nothing: "The handbook has nothing on that.",
        topics: """
            Ask me how to start Rialto, connect a model, get a token, stream, resume or cancel an answer, upload \
            files, rotate keys, set limits, read logs and metrics, run it with Docker or systemd, or what an error \
            means. For example: “How do I connect Ollama?”
            """,
        found: "These passages fit your question best.")

    private static let japanese = Phrases(
        "こんにちは。",
        "私は Rialto のガイドです。言語モデルではなく、Rialto の手引きを検索して引用します。",
        nothing: "手引きには、それについての記述がありません。",
        topics: """
            Rialto の起動、モデルの接続、トークンの取得、回答のストリーミング・再開・取り消し、ファイル、鍵の更新、制限、ログ、Docker、エラーの意味などを質問できます。手引きは英語なので、英語で質問してください\
            。例: “How do I connect Ollama?”
            """,
        found: "ご質問に最も合う箇所は次のとおりです(英語)。", space: "")

    private static let chinese = Phrases(
        "你好。",
        "我是 Rialto 的向导，不是语言模型：我检索 Rialto 的手册并引用其中的内容。",
        nothing: "手册中没有与此相关的内容。",
        topics: """
            你可以问我：如何启动 Rialto、连接模型、获取令牌、流式传输、恢复或取消回答、上传文件、轮换密钥、设置限制、查看日志、使用 Docker，以及错误的含义。手册是英文的，请用英文提问，例如：“How do I \
            connect Ollama?”
            """,
        found: "以下是最符合你的问题的段落（英文）。", space: "")

    private static let korean = Phrases(
        "안녕하세요.",
        "저는 Rialto의 안내자이며 언어 모델이 아닙니다. Rialto 안내서를 검색해 인용합니다.",
        nothing: "안내서에는 그에 관한 내용이 없습니다.",
        topics: """
            Rialto 시작, 모델 연결, 토큰 받기, 답변 스트리밍·재개·취소, 파일 업로드, 키 교체, 제한, 로그, Docker, 오류의 뜻 등을 물어보세요. 안내서는 영어로 되어 있으니 영어로 \
            물어보세요. 예: “How do I connect Ollama?”
            """,
        found: "질문에 가장 잘 맞는 부분입니다(영어).")

    private static let russian = Phrases(
        "Здравствуйте.",
        "Я путеводитель по Rialto, а не языковая модель: я ищу в руководстве Rialto и цитирую его.",
        nothing: "В руководстве об этом ничего нет.",
        topics: """
            Спросите, как запустить Rialto, подключить модель, получить токен, передать, возобновить или отменить \
            ответ, загрузить файлы, сменить ключи, задать ограничения, читать журналы, запустить в Docker или что \
            значит ошибка. Руководство на английском, поэтому спрашивайте по-английски, например: “How do I connect \
            Ollama?”
            """,
        found: "Лучше всего вашему вопросу подходят эти места (на английском).")

    private static let arabic = Phrases(
        "مرحبًا.",
        "أنا دليل Rialto ولست نموذجًا لغويًا: أبحث في دليل استخدام Rialto وأقتبس منه.",
        nothing: "لا يوجد في الدليل شيء عن ذلك.",
        topics: """
            اسألني عن تشغيل Rialto، أو ربط نموذج، أو الحصول على رمز وصول، أو بث الإجابة أو استئنافها أو إلغائها، أو \
            رفع الملفات، أو الحدود، أو السجلات، أو Docker، أو معنى خطأ ما. الدليل بالإنجليزية، فاسأل بالإنجليزية، \
            مثل: “How do I connect Ollama?”
            """,
        found: "هذه هي المقاطع الأنسب لسؤالك (بالإنجليزية).")

    private static let hindi = Phrases(
        "नमस्ते।",
        "मैं Rialto का मार्गदर्शक हूँ, भाषा मॉडल नहीं: मैं Rialto की पुस्तिका में खोजकर उसे उद्धृत करता हूँ।",
        nothing: "पुस्तिका में इसके बारे में कुछ नहीं है।",
        topics: """
            पूछिए कि Rialto कैसे शुरू करें, मॉडल कैसे जोड़ें, टोकन कैसे लें, उत्तर को स्ट्रीम, फिर से शुरू या रद्द \
            कैसे करें, फ़ाइलें, सीमाएँ, लॉग, Docker, या किसी त्रुटि का अर्थ। पुस्तिका अंग्रेज़ी में है, इसलिए \
            अंग्रेज़ी में पूछिए, जैसे: “How do I connect Ollama?”
            """,
        found: "आपके प्रश्न से सबसे अधिक मेल खाने वाले अंश (अंग्रेज़ी में) ये हैं।")

    private static let spanish = Phrases(
        "Hola.",
        "Soy la guía de Rialto, no un modelo de lenguaje: busco en el manual de Rialto y lo cito.",
        nothing: "El manual no dice nada sobre eso.",
        topics: """
            Pregúntame cómo iniciar Rialto, conectar un modelo, obtener un token, transmitir, reanudar o cancelar una \
            respuesta, subir archivos, rotar claves, fijar límites, leer los registros, usar Docker o qué significa \
            un error. El manual está en inglés; pregunta en inglés, por ejemplo: “How do I connect Ollama?”
            """,
        found: "Estos pasajes (en inglés) son los que mejor responden a tu pregunta.")

    private static let portuguese = Phrases(
        "Olá.",
        "Sou o guia do Rialto, não um modelo de linguagem: procuro no manual do Rialto e o cito.",
        nothing: "O manual não diz nada sobre isso.",
        topics: """
            Pergunte-me como iniciar o Rialto, conectar um modelo, obter um token, transmitir, retomar ou cancelar \
            uma resposta, enviar arquivos, trocar chaves, definir limites, ler os registros, usar Docker ou o que \
            significa um erro. O manual está em inglês; pergunte em inglês, por exemplo: “How do I connect Ollama?”
            """,
        found: "Estes trechos (em inglês) são os que melhor respondem à sua pergunta.")

    private static let french = Phrases(
        "Bonjour.",
        "Je suis le guide de Rialto, pas un modèle de langage : je cherche dans le manuel de Rialto et je le cite.",
        nothing: "Le manuel ne dit rien à ce sujet.",
        topics: """
            Demandez-moi comment démarrer Rialto, connecter un modèle, obtenir un jeton, diffuser, reprendre ou \
            annuler une réponse, envoyer des fichiers, changer les clés, fixer des limites, lire les journaux, \
            utiliser Docker ou ce que signifie une erreur. Le manuel est en anglais ; posez la question en anglais, \
            par exemple : “How do I connect Ollama?”
            """,
        found: "Voici les passages (en anglais) qui répondent le mieux à votre question.")

    private static let german = Phrases(
        "Hallo.",
        "Ich bin der Wegweiser von Rialto, kein Sprachmodell: Ich suche im Handbuch von Rialto und zitiere daraus.",
        nothing: "Dazu steht nichts im Handbuch.",
        topics: """
            Fragen Sie mich, wie man Rialto startet, ein Modell anbindet, ein Token bekommt, eine Antwort streamt, \
            fortsetzt oder abbricht, Dateien hochlädt, Schlüssel wechselt, Grenzen setzt, Logs liest, Docker nutzt \
            oder was ein Fehler bedeutet. Das Handbuch ist englisch; fragen Sie auf Englisch, zum Beispiel: “How do I \
            connect Ollama?”
            """,
        found: "Diese Stellen (auf Englisch) passen am besten zu Ihrer Frage.")

    private static let italian = Phrases(
        "Ciao.",
        "Sono la guida di Rialto, non un modello linguistico: cerco nel manuale di Rialto e lo cito.",
        nothing: "Il manuale non dice nulla al riguardo.",
        topics: """
            Chiedimi come avviare Rialto, collegare un modello, ottenere un token, trasmettere, riprendere o \
            annullare una risposta, caricare file, cambiare le chiavi, impostare limiti, leggere i log, usare Docker \
            o che cosa significa un errore. Il manuale è in inglese; chiedi in inglese, per esempio: “How do I \
            connect Ollama?”
            """,
        found: "Questi passi (in inglese) rispondono meglio alla tua domanda.")
}
