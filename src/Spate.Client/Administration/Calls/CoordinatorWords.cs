namespace Spate.Client.Administration.Calls;

/// <summary>The words that brokers have for kinds and states of groups and transactions are the names of the values here. Kafka compares them without regard to case.</summary>
internal static class CoordinatorWords
{
    public static GroupType GroupTypeOf(string word) => Read<GroupType>(word);

    public static GroupState GroupStateOf(string word) => Read<GroupState>(word);

    public static TransactionState TransactionStateOf(string word) => Read<TransactionState>(word);

    private static T Read<T>(string word)
        where T : struct, Enum => word.Length > 0 && char.IsLetter(word[0]) && Enum.TryParse<T>(word, ignoreCase: true, out var value) ? value : default;
}
