namespace Spate.Simulation.Worlds;

/// <summary>What is held after every step, by name: a failure says which of them has found it, and each canary which one it is meant for.</summary>
internal static class Checks
{
    public const string Answers = "every request is answered by a code";
    public const string Breakage = "nothing breaks by itself";
    public const string Epochs = "epochs only rise";
    public const string Owners = "one owner of a partition at a time";
    public const string Offsets = "committed offsets never go back";
    public const string Replay = "the log tells what is there";
    public const string Appends = "one append at a time";
    public const string Warmth = "no task leaves its state behind";
    public const string Settling = "what is left alone settles";
    public const string Torn = "no transaction is torn";
    public const string Promises = "what was promised is kept, and nothing is made up";
    public const string Producers = "one live producer of a transactional id";
    public const string ExactlyOnce = "each input comes out once";
    public const string Holders = "a record is held by one member";
    public const string Ledger = "what is kept is what the group says";
    public const string Deliveries = "no record is lost or finished twice";
}
