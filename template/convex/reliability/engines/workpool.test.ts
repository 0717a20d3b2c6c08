import { behavesLikeAnEngine } from "./test.contract";

behavesLikeAnEngine("workpool");
