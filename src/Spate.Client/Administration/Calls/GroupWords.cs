namespace Spate.Client.Administration.Calls;

/// <summary>The words that brokers have for kinds and states of groups are the names of the values here. Kafka compares them without regard to case.</summary>
internal static class GroupWords
{
    public static GroupType TypeOf(string word) => Read<GroupType>(word);

    public static GroupState StateOf(string word) => Read<GroupState>(word);

    private static T Read<T>(string word)
        where T : struct, Enum => word.Length > 0 && char.IsLetter(word[0]) && Enum.TryParse<T>(word, ignoreCase: true, out var value) ? value : default;
}
