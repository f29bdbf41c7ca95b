namespace Spate.Client.Errors;

/// <summary>Words of others, which are put into messages of our own.</summary>
internal static class Sentence
{
    /// <summary>The words with one full stop behind them, whatever stood there before.</summary>
    public static string Of(string words)
    {
        var bare = WithoutStop(words);
        return bare.Length > 0 && bare[^1] is '!' or '?' ? bare : $"{bare}.";
    }

    /// <summary>The words without blanks around them and without a full stop, to be gone on from.</summary>
    public static string WithoutStop(string words) => words.Trim().TrimEnd('.');
}
