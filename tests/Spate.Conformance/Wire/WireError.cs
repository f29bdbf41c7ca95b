namespace Spate.Conformance.Wire;

/// <summary>The numbers of the errors that the tests expect.</summary>
internal static class WireError
{
    public const short None = 0;
    public const short CorruptMessage = 2;
    public const short UnknownTopicOrPartition = 3;
    public const short MessageTooLarge = 10;
    public const short CoordinatorLoadInProgress = 14;
    public const short CoordinatorNotAvailable = 15;
    public const short NotCoordinator = 16;
    public const short InvalidTopic = 17;
    public const short InvalidRequiredAcks = 21;
    public const short UnsupportedVersion = 35;
    public const short TopicAlreadyExists = 36;
    public const short StorageError = 56;
}
