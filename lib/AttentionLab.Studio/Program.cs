Console.WriteLine("AttentionLab.Studio");
