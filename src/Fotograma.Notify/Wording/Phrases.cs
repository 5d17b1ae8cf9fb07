namespace Fotograma.Notify.Wording;

/// <summary>The sentences of the letters in one language. <c>{0}</c> and <c>{1}</c> stand for what each member says.</summary>
/// <param name="Language">BCP 47 tag.</param>
/// <param name="DecimalMark">Between whole and fraction.</param>
/// <param name="Greeting">{0} is the person's name.</param>
/// <param name="ReadySubject">{0} is the video's name.</param>
/// <param name="ReadyBody">{0} is the video's name, {1} the number of frames.</param>
/// <param name="ReadySize">{0} is the size of the archive.</param>
/// <param name="ReadyWarnings">{0} is the number of warnings.</param>
/// <param name="ReadyLink">Text of the link.</param>
/// <param name="FailedSubject">{0} is the video's name.</param>
/// <param name="FailedBody">{0} is the video's name.</param>
/// <param name="FailedReason">{0} is the sentence that says what to do.</param>
/// <param name="FailedLink">Text of the link.</param>
/// <param name="Footer">Why the person gets this.</param>
internal sealed record Phrases(
    string Language, string DecimalMark, string Greeting, string ReadySubject, string ReadyBody, string ReadySize, string ReadyWarnings, string ReadyLink,
    string FailedSubject, string FailedBody, string FailedReason, string FailedLink, string Footer)
{
    private static readonly Phrases English = new(
        "en", ".", "Hello {0},",
        "Your frames are ready: {0}", "The frames of “{0}” are ready: {1}.", "Size of the archive: {0}.", "Warnings about the video: {0}. They are listed beside the result.",
        "Look at the frames and download them",
        "{0} could not be processed", "“{0}” could not be processed.", "Reason: {0}", "See the details and try again",
        "You receive this message because you uploaded this video to Fotograma.");

    private static readonly Phrases Portuguese = new(
        "pt-BR", ",", "Olá, {0},",
        "Seus quadros estão prontos: {0}", "Os quadros de “{0}” estão prontos: {1}.", "Tamanho do arquivo ZIP: {0}.", "Avisos sobre o vídeo: {0}. Eles estão listados ao lado do resultado.",
        "Ver e baixar os quadros",
        "Não foi possível processar {0}", "Não foi possível processar “{0}”.", "Motivo: {0}", "Ver os detalhes e tentar novamente",
        "Você recebe esta mensagem porque enviou este vídeo ao Fotograma.");

    private static readonly Phrases Spanish = new(
        "es", ",", "Hola, {0}:",
        "Tus fotogramas están listos: {0}", "Los fotogramas de “{0}” están listos: {1}.", "Tamaño del archivo ZIP: {0}.", "Avisos sobre el vídeo: {0}. Están junto al resultado.",
        "Ver y descargar los fotogramas",
        "No se pudo procesar {0}", "No se pudo procesar “{0}”.", "Motivo: {0}", "Ver los detalles e intentarlo de nuevo",
        "Recibes este mensaje porque subiste este vídeo a Fotograma.");

    /// <summary>The sentences of a language; English for one that is not spoken.</summary>
    public static Phrases In(string language) => language switch
    {
        "pt-BR" => Portuguese,
        "es" => Spanish,
        _ => English,
    };
}
